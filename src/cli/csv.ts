/** What a cell may hold: numbers stay numbers, `null` is an empty cell. */
export type CsvCell = string | number | Date | null

/**
 * One record as RFC 4180 writes it, with its line end.
 *
 * Text that a spreadsheet would take for a formula gets an apostrophe before it: text that begins with `=`, `+`, `-`, `@`, a tab or a line
 * break, also in its full-width form, and text that has such an apostrophe already. Whoever reads the file with a program takes one
 * apostrophe away before those characters and has the text as it was. Numbers are never changed, so that -5 is a number everywhere.
 */
export const csvLine = (cells: readonly CsvCell[]): string => `${cells.map(cell).join(',')}\r\n`

function cell(value: CsvCell): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  return quoted(value instanceof Date ? value.toISOString() : harmless(value))
}

const harmless = (text: string): string => (/^'*[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text)

/** Spaces at the ends are kept by the standard and lost by some readers unless they are quoted. */
const quoted = (text: string): string => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
