import type { Account } from '../../domain/account.js'
import type { Plan } from '../../domain/plan.js'
import type { RateLimitHeaders } from '../../domain/rate-limit-headers.js'
import type { Subscription } from '../../domain/subscription.js'
import type { RefusalCode } from '../../errors.js'
import { isPromised } from '../../go-on.js'
import { httpStatus } from '../../http-status.js'
import { neverFitsMessage, refusalMessage } from '../../refusal-messages.js'
import type { Context } from '../context.js'
import { takeCall } from '../throttling/take-call.js'
import type { ThrottleResult } from '../throttling/throttle-result.js'
import { identify, type RefusedCaller } from './authenticate.js'
import { type AuthorizeInput, readAuthorizeInput } from './authorize-input.js'
import type { Principal } from './principal.js'
import { validateAccountAndPlan } from './validate-account-and-plan.js'

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
  const { credential, accountId, scope, scopes, ip, cost } = readAuthorizeInput(input)
  const now = context.clock()
  const found = accountId === undefined ? identify(context, credential, scopes, now) : identifyJob(context, accountId)
  const { result, account } = isPromised(found) ? await found : found
  const decided = takeCall(context, { scopes: scope, account, ip, cost }, now)
  const taken = isPromised(decided) ? await decided : decided
  if (!taken.allowed) return throttled(taken, cost, callerOf(result))
  if (!result.ok) return { ...result, headers: taken.headers }
  const { principal, account: own, plan, subscription } = result
  return { ok: true, principal, account: own, plan, subscription, throttle: taken, headers: taken.headers }
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

const throttled = (taken: ThrottleResult, cost: number, caller: RefusedCaller | null): AuthorizationRefused => ({
  ok: false,
  code: 'throttled',
  status: httpStatus('throttled'),
  message: throttledMessage(taken, cost),
  caller,
  headers: taken.headers,
})

function throttledMessage({ budgets, retryAfterSeconds }: ThrottleResult, cost: number): string {
  const most = Math.min(...budgets.map(({ burst }) => burst))
  return cost > most ? neverFitsMessage(cost, most) : refusalMessage('throttled', { retryAfterSeconds })
}
