import type { z } from 'zod'
import type { Actor } from '../domain/actor.js'
import { type InputIssue, TenantryError } from '../errors.js'
import { actorSchema } from './schemas.js'

/**
 * Checks an input against its schema and answers it parsed.
 *
 * @throws TenantryError `invalid_input`, naming every wrong field in our own words
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = safely(() => schema.safeParse(input))
  if (result === null) throw invalidInput([{ path: '', message: 'the input cannot be read' }])
  if (!result.success) throw invalidInput(result.error.issues.flatMap(describeIssue))
  const unsafe = hiddenKey(input)
  if (unsafe) throw invalidInput([{ path: '__proto__', message: 'unknown field' }])
  return result.data
}

/** Checks an actor, as {@link parseInput} does an input. */
export function parseActor(actor: unknown): Actor {
  const result = safely(() => actorSchema.safeParse(actor))
  if (result?.success) return result.data
  throw invalidInput([{ path: 'actor', message: "pass who does it: { type: 'user' | 'admin' | 'system' | 'api_key', id }" }])
}

/** A refusal of input that a schema alone cannot judge. */
export function invalidInput(issues: readonly InputIssue[]): TenantryError<'invalid_input'> {
  return new TenantryError('invalid_input', { issues })
}

/** Getters and proxies of an input may throw; that is bad input too. */
function safely<Result>(read: () => Result): Result | null {
  try {
    return read()
  } catch {
    return null
  }
}

/** zod passes over a key named `__proto__` that is the object's own, as `JSON.parse` makes it. */
const hiddenKey = (input: unknown): boolean => typeof input === 'object' && input !== null && Object.hasOwn(input, '__proto__')

function describeIssue(issue: z.core.$ZodIssue): InputIssue[] {
  const path = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: join(path, key), message: 'unknown field' }))
  return [{ path, message: describe(issue) }]
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`).slice(0, 200)

function describe(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'custom':
      return issue.message
    case 'invalid_type':
      return issue.input === undefined ? `is required (${issue.expected})` : `must be of type ${issue.expected}`
    case 'invalid_value':
      return `must be one of: ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return issue.origin === 'string' ? `must have at least ${issue.minimum} characters` : `must be at least ${issue.minimum}`
    case 'too_big':
      return issue.origin === 'string' ? `must have at most ${issue.maximum} characters` : `must be at most ${issue.maximum}`
    default:
      return 'is not valid'
  }
}
