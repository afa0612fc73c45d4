import { z } from 'zod'
import { invalidInput, isPlainObject, parseInput } from '../parse-input.js'
import { id, integer, isScopeList, scopes } from '../schemas.js'
import { isScope, scopeNames } from '../throttling/scopes.js'

const mostAtOnce = 1_000_000
const longestAddress = 200

const Input = z.strictObject({
  credential: z.unknown().optional(),
  accountId: id.optional(),
  scope: scopeNames,
  scopes: scopes.default([]),
  ip: z.string().max(longestAddress).nullish(),
  cost: integer(1, mostAtOnce).default(1),
})

/** What `authorize` takes. */
export type AuthorizeInput = Readonly<{
  /** The session token or API key that came with the request, or nothing if none came. */
  credential?: string | null | undefined
  /** For the host's own jobs, which act for an account without a credential. */
  accountId?: string | undefined
  /** What is throttled: one scope, or up to eight that are taken from together. */
  scope: string | readonly string[]
  /** What an API key must be allowed to do; nothing in particular when left out. */
  scopes?: readonly string[] | undefined
  /** The address of the client, see {@link clientAddressReader}; callers that are not known are throttled by it. */
  ip?: string | null | undefined
  /** How many calls it counts for in each budget; 1 when left out. More than a budget's burst never fits: split such a call. */
  cost?: number | undefined
}>

/** What is to be authorized, with every default filled in. */
export interface AuthorizeCall {
  readonly credential?: unknown
  readonly accountId?: string | undefined
  readonly scope: readonly string[]
  readonly scopes: readonly string[]
  readonly ip?: string | null | undefined
  readonly cost: number
}

/**
 * Reads what `authorize` was given. Nearly every call is a plain object with a credential, a scope and an address. That one is read by hand: the
 * schema alone would take longer than all the rest of a call that is answered from the cache.
 *
 * @throws TenantryError `invalid_input`
 */
export function readAuthorizeInput(input: AuthorizeInput): AuthorizeCall {
  return ordinaryCall(input) ?? anyCall(input)
}

function anyCall(input: AuthorizeInput): AuthorizeCall {
  const call = parseInput(Input, input)
  // A credential that was to be passed on and did not come must not turn a request into a job.
  if (call.accountId !== undefined && Object.hasOwn(input, 'credential')) {
    throw invalidInput([{ path: 'accountId', message: 'pass either a credential or an accountId' }])
  }
  return call
}

const ordinaryFields: ReadonlySet<string> = new Set(['credential', 'scope', 'scopes', 'ip', 'cost'])

/** `null` for what has to be looked at more closely. Getters and proxies may throw: they have. */
function ordinaryCall(input: unknown): AuthorizeCall | null {
  try {
    if (!isPlainObject(input) || !Object.keys(input).every((name) => ordinaryFields.has(name))) return null
    const scope = own(input, 'scope')
    const needed = own(input, 'scopes') ?? []
    const ip = own(input, 'ip')
    const cost = own(input, 'cost') ?? 1
    if (!isScope(scope) || !isScopeList(needed) || !isAddress(ip) || !isCost(cost)) return null
    // All fields are its own: none that is left out is looked for in a prototype.
    return { credential: own(input, 'credential'), accountId: undefined, scope: [scope], scopes: needed, ip, cost }
  } catch {
    return null
  }
}

const own = (input: object, name: string): unknown => (Object.hasOwn(input, name) ? (input as Record<string, unknown>)[name] : undefined)

const isAddress = (value: unknown): value is string | null | undefined =>
  value === undefined || value === null || (typeof value === 'string' && value.length <= longestAddress)

const isCost = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= mostAtOnce
