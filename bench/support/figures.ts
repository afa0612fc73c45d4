/** The value in the middle. */
export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** The value below which this share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** `12,345 [11,000..13,000]` */
export function withRange(values: readonly number[], write: (value: number) => string): string {
  return `${write(median(values))} [${write(Math.min(...values))}..${write(Math.max(...values))}]`
}

/** `12,345` */
export const whole = (value: number): string => Math.round(value).toLocaleString('en-US')

/** `1.23` below ten, `12.3` above. */
export const short = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(1))

/** Lines up columns; the first to the left, the others to the right. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  for (const row of rows) {
    const cells = row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
    console.log(`  ${cells.join('  ')}`)
  }
}
