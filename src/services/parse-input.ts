import type { z } from 'zod'
import type { Actor } from '../domain/actor.js'
import { credentialKind } from '../domain/credential.js'
import { type InputIssue, TenantryError } from '../errors.js'
import { actorSchema } from './schemas.js'

/** An answer names so many wrong fields and no more: whoever sends a million of them gets no answer of a million lines. */
const maxIssues = 20

/**
 * Checks an input against its schema and answers it parsed.
 *
 * @throws TenantryError `invalid_input`, naming the wrong fields, each once and the first 20 of them, in our own words
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = tryParse(schema, input)
  if ('issues' in parsed) throw invalidInput(parsed.issues)
  return parsed.data
}

/** Checks an actor, as {@link parseInput} does an input. */
export function parseActor(actor: unknown): Actor {
  const parsed = tryParse(actorSchema, actor)
  if ('data' in parsed) return parsed.data
  throw invalidInput([{ path: 'actor', message: "pass who does it: { type: 'user' | 'admin' | 'system' | 'api_key', id }" }])
}

/** A refusal of input that a schema alone cannot judge. */
export function invalidInput(issues: readonly InputIssue[]): TenantryError<'invalid_input'> {
  return new TenantryError('invalid_input', { issues })
}

type Parsed<Schema extends z.ZodType> = { data: z.output<Schema> } | { issues: InputIssue[] }

/** Getters and proxies of an input may throw; that is bad input too. */
function tryParse<Schema extends z.ZodType>(schema: Schema, input: unknown): Parsed<Schema> {
  try {
    const { success, data, error } = schema.safeParse(ownFields(input), { reportInput: true })
    return success ? { data: withoutPrototype(data) } : { issues: describeIssues(error.issues) }
  } catch {
    return { issues: [{ path: '', message: 'the input cannot be read' }] }
  }
}

/**
 * The fields that the caller passed: a polluted `Object.prototype` must not fill in what was left out. A map, a date, a promise that was
 * not awaited have none, and must not count as an input that leaves everything out.
 */
function ownFields(input: unknown): unknown {
  if (typeof input !== 'object') return input
  return Object.prototype.toString.call(input) === '[object Object]' ? ownOf(input as object, 3) : null
}

/** The fields that are an object's own, and those of plain objects within it, `depth` levels down. */
function ownOf(object: object, depth: number): object {
  const fields: Record<string, unknown> = Object.create(null)
  for (const [key, value] of Object.entries(object)) {
    fields[key] = depth > 0 && isPlainObject(value) ? ownOf(value, depth - 1) : value
  }
  return fields
}

/** Is it an object as `{}` makes it? */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** So that what was left out is not read from a prototype either. */
const withoutPrototype = <Data>(data: Data): Data => (isPlainObject(data) ? (Object.assign(Object.create(null), data) as Data) : data)

function describeIssues(issues: readonly z.core.$ZodIssue[]): InputIssue[] {
  const firstByPath = new Map<string, InputIssue>()
  for (const issue of issues.slice(0, 2 * maxIssues).flatMap(describeIssue)) {
    if (!firstByPath.has(issue.path)) firstByPath.set(issue.path, issue)
  }
  return [...firstByPath.values()].slice(0, maxIssues)
}

function describeIssue(issue: z.core.$ZodIssue): InputIssue[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: pathOf(issue.path), message: describe(issue) }]
  return issue.keys.slice(0, maxIssues).map((key) => ({ path: pathOf([...issue.path, key]), message: 'unknown field' }))
}

/** Keys are the caller's own text and end up in logs: printable, not for ever, and never a credential. */
const pathOf = (path: readonly PropertyKey[]): string =>
  path
    .map((key) => (credentialKind(String(key)) === null ? String(key).slice(0, 100) : '[redacted]'))
    .join('.')
    .slice(0, 200)
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd')

const tooShort = (minimum: number | bigint): string => (minimum <= 1 ? 'must not be empty' : `must have at least ${minimum} characters`)

/** Types as a reader calls them. */
const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a whole number up to 2^53 - 1',
  number: 'a whole number',
  boolean: 'true or false',
  date: 'a valid Date',
  object: 'an object',
  array: 'a list',
  record: 'an object',
}

function describe(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'custom':
      return issue.message
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${typeNames[issue.expected] ?? `of type ${issue.expected}`}`
    case 'invalid_value':
      return `must be one of: ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return issue.origin === 'string' ? tooShort(issue.minimum) : `must be at least ${issue.minimum}`
    case 'too_big':
      return issue.origin === 'string' ? `must have at most ${issue.maximum} characters` : `must be at most ${issue.maximum}`
    case 'invalid_key':
      return issue.issues[0] === undefined ? 'is not a valid name' : `as a name ${describe(issue.issues[0])}`
    default:
      return 'is not valid'
  }
}
