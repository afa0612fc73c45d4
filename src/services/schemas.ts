import { z } from 'zod'
import { credentialKind } from '../domain/credential.js'
import { internalKeyPrefix } from '../domain/ledger.js'
import { currencyExponent } from '../domain/money.js'
import { unseen } from '../domain/payment.js'
import { plainJson } from './plain-json.js'

// Control characters and lone surrogates: the first have no place in a name, Postgres refuses or mangles the second.
const unprintable = /[\p{Cc}\p{Cs}]/u

/** A line of text of at most `max` characters, trimmed. */
export const text = (max: number) =>
  z
    .string()
    .refine((value) => !unprintable.test(value), 'must not contain control characters or broken Unicode')
    .trim()
    .max(max)

/** A line of text of 1 to `max` characters, trimmed, with something to be seen. */
export const line = (max: number) =>
  text(max)
    .min(1)
    .refine((value) => value.replace(unseen, '') !== '', 'must not consist of invisible characters')

/** An id as the id source makes them. A credential in its place would be shown by the refusal of an id that is not there. */
export const id = z
  .string()
  .refine((text) => /^[\x21-\x7e]{1,128}$/.test(text), 'must be an id')
  .refine((text) => credentialKind(text) === null, 'must be an id, not a session token or an API key')

/** An integer from `min` to `max`. Minus zero is not one: it would come back as another value. */
export const integer = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  z
    .int()
    .min(min)
    .max(max)
    .refine((value) => !Object.is(value, -0), 'must not be minus zero')

/** A function of the host's. */
export const functionOf = <Type extends (...args: never[]) => unknown>() =>
  z.custom<Type>((value) => typeof value === 'function', 'must be a function')

/** Credits: a positive integer up to 2^53 - 1. */
export const credits = integer(1)

/** A caller's idempotency key: 1 to 255 printable ASCII characters, no spaces around, not one of tenantry's own. */
export const idempotencyKey = z
  .string()
  .refine((key) => /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(key), 'must be 1 to 255 printable ASCII characters')
  .refine((key) => !key.startsWith(internalKeyPrefix), `must not begin with "${internalKeyPrefix}"`)
  // What becomes of a header that did not come: one key for every request, and so one spend for all of them.
  .refine((key) => key !== 'undefined' && key !== 'null', 'must be a key that the caller chose, not the text of a missing value')

/** A moment up to the year 9999. */
export const moment = z
  .date()
  .refine((date) => date.getTime() >= 0 && date.getUTCFullYear() <= 9999, 'must lie between the years 1970 and 9999')
  .transform((date) => new Date(date.getTime()))

/** Facts of the host's that go with an entry: plain JSON, at most 16 KiB and 8 levels deep. */
export const metadata = z.unknown().transform((value, { addIssue }): Record<string, unknown> => {
  const facts = plainJson(value)
  if (facts !== null) return facts
  addIssue('must be a plain JSON object of at most 16 KiB and 8 levels, without NUL or broken Unicode')
  return z.NEVER
})

/** Values by name. */
export function record<Key extends z.core.$ZodRecordKey, Value extends z.ZodType>(key: Key, value: Value) {
  const named = z.record(key, value)
  // zod passes over a key named `__proto__` that is the object's own, as `JSON.parse` makes it.
  const checked = z.unknown().refine((input) => !hasHiddenKey(input), 'must not have a field named __proto__')
  return checked.pipe(named) as unknown as z.ZodType<z.output<typeof named>, z.input<typeof named>>
}

const hasHiddenKey = (input: unknown): boolean => typeof input === 'object' && input !== null && Object.hasOwn(input, '__proto__')

/** An ISO 4217 code in capitals. */
export const currency = z.string().refine((code) => currencyExponent(code) !== null, 'must be an ISO 4217 code in capitals, such as USD')

const mostScopes = 50

const isScopeOfKey = (name: unknown): boolean => typeof name === 'string' && /^[A-Za-z0-9][A-Za-z0-9:._-]{0,99}$/.test(name)

/** What an API key may do, and a call needs; at most 50 of them. */
export const scopes = z.array(z.string().refine(isScopeOfKey, 'must be a scope such as "sites:read"')).max(mostScopes)

/** Would {@link scopes} take it? */
export const isScopeList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length <= mostScopes && value.every(isScopeOfKey)

/** How many items a list answers at most. */
export const pageLimit = integer(1, 200).default(50)

/** Who does it. */
export const actorSchema = z.strictObject({ type: z.enum(['user', 'admin', 'system', 'api_key']), id: line(200) })

/** A slug: lower-case words joined by hyphens. */
export const slug = z
  .string()
  .refine((text) => text.length <= 64 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text), 'must be lower-case words joined by hyphens')
