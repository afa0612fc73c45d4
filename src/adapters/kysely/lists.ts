/** A list as Postgres writes arrays, to be passed as text and cast in the statement: every driver passes text on as it is. */
export function textList(values: readonly (string | number | null)[]): string {
  let text = ''
  for (const value of values) text += text === '' ? element(value) : `,${element(value)}`
  return `{${text}}`
}

const element = (value: string | number | null): string => (typeof value === 'string' ? `"${escaped(value)}"` : String(value))

const escaped = (text: string): string => (/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text)

/** A statement has room for 65,535 parameters. */
export function* chunks<Row>(rows: readonly Row[], size = 1000): Generator<Row[]> {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size)
}
