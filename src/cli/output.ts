/** What a command answers: the same for machines and for people. */
export interface Report {
  /** `false` when it found something that should not be: exit code 1. */
  readonly ok: boolean
  readonly data: Readonly<Record<string, unknown>>
  readonly text: string
}

/** A line of a table. */
export type Row = readonly (string | number)[]

/** Rows under headings, in aligned columns. Columns of numbers are aligned to the right. */
export const table = (headings: readonly string[], rows: readonly Row[]): string => growingTable(headings)(rows)

/**
 * A table that is printed part by part: the first has the headings, and columns are never narrower than they were. Lines of all parts are
 * aligned unless a later one needs more room.
 */
export function growingTable(headings: readonly string[]): (rows: readonly Row[]) => string {
  let widths = headings.map(() => 0)
  let head: readonly Row[] = [headings]
  return (rows) => {
    const lines = [...head, ...rows].map((line) => line.map(cell))
    head = []
    widths = widths.map((width, column) => lines.reduce((widest, line) => Math.max(widest, widthOf(line[column] ?? '')), width))
    const isNumeric = headings.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'))
    const pad = (content: string, column: number): string => {
      const space = ' '.repeat((widths[column] ?? 0) - widthOf(content))
      return isNumeric[column] ? space + content : content + space
    }
    return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n')
  }
}

/** Names and values, one pair a line. Pairs without a value are left out. */
export function facts(pairs: readonly (readonly [name: string, value: string | number | Date | null | undefined])[]): string {
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '')
  const width = Math.max(0, ...known.map(([name]) => widthOf(name)))
  return known
    .map(([name, value]) => `${name.padEnd(width)}  ${cell(value instanceof Date ? value.toISOString() : (value ?? ''))}`)
    .join('\n')
}

/** A count with its noun: `1 account`, `2 accounts`. */
export const counted = (count: number, singular: string, plural = `${singular}s`): string => `${count} ${count === 1 ? singular : plural}`

/** Nothing that was stored may steer the terminal it is shown on, nor reorder or hide what stands there. */
const cell = (value: string | number): string => String(value).replace(/\p{C}/gu, ' ')

const widthOf = (content: string): number => [...content].length
