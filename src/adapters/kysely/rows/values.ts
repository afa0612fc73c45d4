import { invariant } from '../../../errors.js'

/** Reads a `bigint`, which drivers give as a string, a number or a bigint. Never rounds: what a number cannot hold is a bug. */
export function integer(value: string | number | bigint): number {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : misfit(value, 'a safe integer')
}

/**
 * Reads a `timestamptz`, also where a host lets its driver leave it as text, and the milliseconds of one that came in a JSON text. Drivers make
 * null of what they cannot read, such as a time in another DateStyle than ISO: `new Date(null)` would be 1970.
 */
export function moment(value: Date | string | number): Date {
  const date = new Date(value)
  return value === null || Number.isNaN(date.getTime()) ? misfit(value, 'a time') : date
}

/** Written out only where it is thrown: the text of a date costs more than to read a row. */
function misfit(value: unknown, expected: string): never {
  invariant(false, `the database answered ${value} where ${expected} belongs`)
}

/** {@link moment}, where a column may be empty. */
export const nullableMoment = (value: Date | string | null): Date | null => (value === null ? null : moment(value))

/** Reads a `bytea`, as hexadecimal digits. */
export const hexadecimal = (value: Uint8Array | string): string =>
  typeof value === 'string' ? value.replace(/^\\x/, '') : Buffer.from(value).toString('hex')

/** A `bytea` of hexadecimal digits. */
export const bytes = (digits: string): Uint8Array => Buffer.from(digits, 'hex')

/** Reads a `jsonb` that holds an object or a list, which drivers give parsed or as text. */
export const json = <Value extends object>(value: unknown): Value => (typeof value === 'string' ? JSON.parse(value) : value) as Value

/** How a row is read. */
export interface Reading {
  readonly integer: (value: string | number | bigint) => number
  readonly moment: (value: Date | string) => Date
  readonly object: <Value extends object>(value: unknown) => Value
  readonly list: <Item extends object>(value: unknown) => Item[]
}

/** Takes the database at its word: what cannot be is a bug. */
export const exact: Reading = { integer, moment, object: json, list: json }

/**
 * For the check of the books, which is to name what cannot be and not to stumble over it: numbers may be rounded, times invalid. No two such
 * values need be told apart, only each from what the library writes: hence the name of a field that no metadata may have.
 */
export const asFound: Reading = {
  integer: Number,
  moment: (value) => new Date(value),
  object<Value extends object>(value: unknown): Value {
    const found = jsonAsFound(value)
    return (isObject(found) ? found : { '\0': found }) as Value
  },
  list<Item extends object>(value: unknown): Item[] {
    const found = jsonAsFound(value)
    return (Array.isArray(found) ? found.filter(isObject) : []) as Item[]
  },
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

function jsonAsFound(value: unknown): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : value
  } catch {
    return value
  }
}

/** What a column that may be empty holds. */
export const ifAny = <Value, Result>(value: Value | null, read: (value: Value) => Result): Result | null =>
  value === null ? null : read(value)
