import { z } from 'zod'
import type { Account } from '../../domain/account.js'
import type { Plan } from '../../domain/plan.js'
import type { RateLimitHeaders } from '../../domain/rate-limit-headers.js'
import type { Subscription } from '../../domain/subscription.js'
import type { RefusalCode } from '../../errors.js'
import { httpStatus } from '../../http-status.js'
import { refusalMessage } from '../../refusal-messages.js'
import type { Context } from '../context.js'
import { invalidInput, parseInput } from '../parse-input.js'
import { id, integer, scopes } from '../schemas.js'
import { scopeNames } from '../throttling/scopes.js'
import { takeCall } from '../throttling/take-call.js'
import type { ThrottleResult } from '../throttling/throttle-result.js'
import { identify, type RefusedCaller } from './authenticate.js'
import type { Principal } from './principal.js'
import { validateAccountAndPlan } from './validate-account-and-plan.js'

const Input = z.strictObject({
  /** The session token or API key that came with the request, or nothing if none came. */
  credential: z.unknown().optional(),
  /** For the host's own jobs, which act for an account without a credential. */
  accountId: id.optional(),
  /** What is throttled: one scope, or up to eight that are taken from together. */
  scope: scopeNames,
  /** What an API key must be allowed to do; nothing in particular when left out. */
  scopes: scopes.default([]),
  /** The address of the client, see {@link clientAddressReader}; callers that are not known are throttled by it. */
  ip: z.string().max(200).nullish(),
  cost: integer(1, 1_000_000).default(1),
})

/** What `authorize` takes. */
export type AuthorizeInput = Readonly<{
  credential?: string | null | undefined
  accountId?: string | undefined
  scope: string | readonly string[]
  scopes?: readonly string[] | undefined
  ip?: string | null | undefined
  cost?: number | undefined
}>
/** What `authorize` answers. */
export type AuthorizeResult<Caller extends Principal | null = Principal | null> = Authorized<Caller> | AuthorizationRefused

/** The caller may go on. */
export interface Authorized<Caller extends Principal | null = Principal | null> {
  readonly ok: true
  /** Who calls; `null` for a job that acts by `accountId`. */
  readonly principal: Caller
  readonly account: Account
  readonly plan: Plan
  readonly subscription: Subscription | null
  readonly throttle: ThrottleResult
  /** Ready for the response. */
  readonly headers: RateLimitHeaders
}

/** The caller may not go on. Answer with `status`, `headers` and `message`. */
export interface AuthorizationRefused {
  readonly ok: false
  readonly code: RefusalCode
  readonly status: number
  readonly message: string
  /**
   * Who calls, where the credential is valid; else, and for a job that acts by `accountId`, `null`. It is no permission: use it for what a
   * refused customer may still do, such as see what is due and pay.
   */
  readonly caller: RefusedCaller | null
  readonly headers: RateLimitHeaders
}

/** See {@link Tenantry.authorize}. */
export async function authorize(context: Context, input: AuthorizeInput): Promise<AuthorizeResult> {
  const { credential, accountId, scope, scopes, ip, cost } = parseInput(Input, input)
  // A credential that was to be passed on and did not come must not turn a request into a job.
  if (accountId !== undefined && Object.hasOwn(input, 'credential')) {
    throw invalidInput([{ path: 'accountId', message: 'pass either a credential or an accountId' }])
  }
  const { result, account } = accountId === undefined ? await identify(context, credential, scopes) : await identifyJob(context, accountId)
  const decided = takeCall(context, { scopes: scope, account, ip, cost })
  const taken = 'then' in decided ? await decided : decided
  if (!taken.allowed) return throttled(taken, callerOf(result))
  return result.ok ? { ...result, throttle: taken, headers: taken.headers } : { ...result, headers: taken.headers }
}

type Judged = { ok: true; principal: Principal | null; account: Account } | { ok: false; caller: RefusedCaller | null }

/** A job is nobody. */
function callerOf(result: Judged): RefusedCaller | null {
  if (!result.ok) return result.caller
  return result.principal === null ? null : { principal: result.principal, account: result.account }
}

async function identifyJob(context: Context, accountId: string) {
  const decision = await validateAccountAndPlan(context, { accountId })
  return decision.ok
    ? { result: { ...decision, principal: null }, account: decision.account }
    : { result: { ...decision, caller: null }, account: { id: accountId, plan: null, throttles: {} } }
}

const throttled = ({ retryAfterSeconds, headers }: ThrottleResult, caller: RefusedCaller | null): AuthorizationRefused => ({
  ok: false,
  code: 'throttled',
  status: httpStatus('throttled'),
  message: refusalMessage('throttled', { retryAfterSeconds }),
  caller,
  headers,
})
