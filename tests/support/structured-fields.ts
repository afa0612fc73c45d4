/**
 * A reader of the structured fields (RFC 9651) that rate-limit headers are made of: lists and dictionaries of integers and strings with
 * parameters. Strict: what it does not know, or what is left over, is an error.
 */
export type BareItem = number | string

/** An item with its parameters. */
export interface Item {
  readonly value: BareItem
  readonly parameters: Readonly<Record<string, BareItem>>
}

/** A list of items, section 4.2.1. */
export function parseList(text: string): Item[] {
  const field = reader(text)
  const items = [parseItem(field)]
  while (field.take(/[ \t]*,[ \t]*/y) !== null) items.push(parseItem(field))
  field.end()
  return items
}

/** A dictionary whose members are bare items, section 4.2.2. */
export function parseDictionary(text: string): Record<string, BareItem> {
  const field = reader(text)
  const members: Record<string, BareItem> = {}
  do {
    const key = field.need(keyForm)
    field.need(/=/y)
    if (Object.hasOwn(members, key)) throw new Error(`${key} comes twice in ${text}`)
    members[key] = parseBareItem(field)
  } while (field.take(/[ \t]*,[ \t]*/y) !== null)
  field.end()
  return members
}

/** A whole number of at most 15 digits, section 4.2.4; none of ours is below zero. */
export function parseInteger(text: string): number {
  const field = reader(text)
  const value = Number(field.need(integerForm))
  field.end()
  return value
}

const keyForm = /[a-z*][a-z0-9_.*-]*/y
const integerForm = /(?:0|[1-9]\d{0,14})(?!\d)/y
const stringForm = /"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"/y

interface Reader {
  take(form: RegExp): string | null
  need(form: RegExp): string
  end(): void
}

function reader(text: string): Reader {
  let at = 0
  const fail = (wanted: string): never => {
    throw new Error(`${wanted} expected at ${at} of ${JSON.stringify(text)}`)
  }
  const take = (form: RegExp): string | null => {
    form.lastIndex = at
    const found = form.exec(text)?.[0] ?? null
    at += found?.length ?? 0
    return found
  }
  return {
    take,
    need: (form) => take(form) ?? fail(String(form)),
    end: () => at === text.length || fail('the end'),
  }
}

function parseItem(field: Reader): Item {
  const value = parseBareItem(field)
  const parameters: Record<string, BareItem> = {}
  while (field.take(/; */y) !== null) {
    const key = field.need(keyForm)
    field.need(/=/y)
    parameters[key] = parseBareItem(field)
  }
  return { value, parameters }
}

function parseBareItem(field: Reader): BareItem {
  const text = field.take(stringForm)
  return text === null ? Number(field.need(integerForm)) : text.slice(1, -1).replace(/\\(.)/g, '$1')
}
