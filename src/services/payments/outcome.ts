/** Writes a result as JSON from which {@link reviveOutcome} makes the same value again, dates included. */
export function writeOutcome(result: object): string {
  // JSON.stringify turns a date into text before the replacer sees it, so the replacer looks at the holder.
  return JSON.stringify(result, function (this: Record<string, unknown>, key, value: unknown) {
    const original = this[key]
    return original instanceof Date ? { $date: original.toISOString() } : value
  })
}

/** Reads what {@link writeOutcome} wrote. */
export function reviveOutcome<Result>(json: string): Result {
  return JSON.parse(json, (_key, value: unknown) => (isDate(value) ? new Date(value.$date) : value)) as Result
}

const isDate = (value: unknown): value is { $date: string } =>
  typeof value === 'object' && value !== null && '$date' in value && typeof value.$date === 'string'
