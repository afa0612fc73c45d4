import { invariant } from '../../../errors.js'

/** Reads a `bigint`, which drivers give as a string, a number or a bigint. Never rounds: what a number cannot hold is a bug. */
export function integer(value: string | number | bigint): number {
  const number = Number(value)
  invariant(Number.isSafeInteger(number), `the database answered ${value} where a safe integer belongs`)
  return number
}

/** {@link integer}, where a column may be empty. */
export const nullableInteger = (value: string | number | bigint | null): number | null => (value === null ? null : integer(value))

/** Reads a `timestamptz`, also where a host lets its driver leave it as text. */
export function moment(value: Date | string): Date {
  const date = new Date(value)
  invariant(!Number.isNaN(date.getTime()), `the database answered ${value} where a time belongs`)
  return date
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
