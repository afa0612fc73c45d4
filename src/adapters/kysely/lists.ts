/** A list as Postgres writes arrays, to be passed as text and cast in the statement: every driver passes text on as it is. */
export function textList(values: readonly (string | number | null)[]): string {
  let text = ''
  for (const value of values) text += text === '' ? element(value) : `,${element(value)}`
  return `{${text}}`
}

const element = (value: string | number | null): string => (typeof value === 'string' ? `"${escaped(value)}"` : String(value))

const escaped = (text: string): string => (/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text)
