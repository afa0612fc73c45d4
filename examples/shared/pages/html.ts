const markup: unique symbol = Symbol('markup')

/** Text that is markup already. Only {@link html} makes it, so nothing of a customer's can pass for it. */
export interface Html {
  readonly [markup]: string
}

type Value = string | number | Html | null | readonly Value[]

/** Markup with values in it. Every value that is not markup itself is escaped, for text and for quoted attributes. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  const text = strings.map((string, position) => string + (position < values.length ? write(values[position] ?? null) : ''))
  return { [markup]: text.join('') }
}

/** The markup as text, to be sent. */
export const toText = (value: Html): string => value[markup]

function write(value: Value): string {
  if (value === null) return ''
  if (typeof value === 'string' || typeof value === 'number') return escapeText(String(value))
  return isHtml(value) ? value[markup] : value.map(write).join('')
}

const isHtml = (value: Html | readonly Value[]): value is Html => markup in value

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escapeText = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '')
