import type { Plan, ThrottleRule } from '../../domain/plan.js'
import type { ShownBudget } from '../../domain/shown-budget.js'
import { callerKey } from '../../domain/throttle.js'
import { invariant } from '../../errors.js'
import { goOn } from '../../go-on.js'
import type { ThrottleDecision, ThrottleRequest, ThrottleState } from '../../ports/throttle-store.js'
import type { Context } from '../context.js'
import { notCounted, type ThrottleResult, throttleResult } from './throttle-result.js'

/** A call by an account that is at hand, or by an anonymous client. */
export interface Call {
  /** At least one; distinct. */
  readonly scopes: readonly string[]
  readonly account: CallingAccount | null
  readonly ip?: string | null | undefined
  readonly cost: number
}

/** What decides how an account is throttled. */
export interface CallingAccount {
  readonly id: string
  readonly plan: Plan | null
  /** The account's own rules by scope, before those of its plan. */
  readonly throttles?: Readonly<Record<string, ThrottleRule>> | undefined
}

/** Decides about a call. Answers at once where the throttle store does, else with a promise. */
export function takeCall(context: Context, call: Call, now: Date): ThrottleResult | Promise<ThrottleResult> {
  const scopes = countedScopes(context, call)
  if (scopes.length === 0) return notCounted
  const caller = callerKey({ accountId: call.account?.id, ip: call.ip })
  const requests = scopes.map((scope) => requestFor(`${scope}:${caller}`, findRule(context, call.account, scope)))
  const decision = context.throttles.take(requests, call.cost, now.getTime())
  return goOn(decision, (decided) => answer(context, scopes, requests, decided))
}

/** Those in which the host does not let the call by. */
function countedScopes({ settings }: Context, { scopes, account, ip = null }: Call): readonly string[] {
  const { bypass } = settings.throttling
  return bypass === undefined ? scopes : scopes.filter((scope) => !bypass({ scope, accountId: account?.id ?? null, ip }))
}

const requestFor = (key: string, { limit, windowSeconds, burst }: ThrottleRule): ThrottleRequest => ({ key, limit, windowSeconds, burst })

function findRule({ settings }: Context, account: CallingAccount | null, scope: string): ThrottleRule {
  const { defaults, fallback } = settings.throttling
  return own(account?.throttles, scope) ?? own(account?.plan?.throttles, scope) ?? own(defaults, scope) ?? fallback
}

const own = (rules: Readonly<Record<string, ThrottleRule>> | undefined, scope: string): ThrottleRule | undefined =>
  rules !== undefined && Object.hasOwn(rules, scope) ? rules[scope] : undefined

function answer(
  { settings }: Context,
  scopes: readonly string[],
  requests: readonly ThrottleRequest[],
  { allowed, states }: ThrottleDecision,
): ThrottleResult {
  const budgets = requests.map((request, index) => shownBudget(scopes[index] ?? '', request, states[index]))
  return throttleResult(allowed, budgets, settings.throttling.headers)
}

function shownBudget(name: string, { limit, windowSeconds, burst }: ThrottleRule, state: ThrottleState | undefined): ShownBudget {
  invariant(state !== undefined, 'a throttle store answers every request')
  const { remaining, resetMs, retryAfterMs } = state
  return { name, limit, windowSeconds, burst, remaining, resetMs, retryAfterMs }
}
