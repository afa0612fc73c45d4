import { burstOf } from '../../domain/plan.js'
import { type RateLimitFormat, type RateLimitHeaders, rateLimitHeaders } from '../../domain/rate-limit-headers.js'
import { resetSeconds, retryAfterSeconds, type ShownBudget, tightest } from '../../domain/shown-budget.js'
import { invariant } from '../../errors.js'

/** Where one budget stands after a call. */
export interface ThrottleBudget {
  readonly scope: string
  /** How many calls come back over each window. */
  readonly limit: number
  readonly windowSeconds: number
  /** How many calls may come at once. */
  readonly burst: number
  /** Whole calls left now, at most `burst`. */
  readonly remaining: number
  /** Seconds, rounded up, until the budget is whole again; of one that refused the call, until it fits. */
  readonly resetSeconds: number
  /** Seconds, rounded up, until the call fits into this budget; 0 when it fits. */
  readonly retryAfterSeconds: number
}

/**
 * Whether a call fits into its budgets, and where the tightest of them stands now: of a refused call the one with the longest wait, else the
 * one with the fewest calls left.
 */
export interface ThrottleResult {
  readonly allowed: boolean
  /** How many calls come back over each window; `null` where nothing is counted. */
  readonly limit: number | null
  /** Whole calls left; `null` where nothing is counted. */
  readonly remaining: number | null
  /** Seconds, rounded up, until the budget is whole again; of a refused call, until it fits. */
  readonly resetSeconds: number
  /** Seconds, rounded up, until a refused call fits; 0 for an allowed one. */
  readonly retryAfterSeconds: number
  /** Ready for the response. */
  readonly headers: RateLimitHeaders
  /** Every budget that the call was taken from or refused by, in the order of the scopes; none where nothing is counted. */
  readonly budgets: readonly ThrottleBudget[]
}

/** What is said of a call that is not counted. */
export const notCounted: ThrottleResult = {
  allowed: true,
  limit: null,
  remaining: null,
  resetSeconds: 0,
  retryAfterSeconds: 0,
  headers: {},
  budgets: [],
}

/** What is said of a call that was taken from these budgets, or refused by some of them. */
export function throttleResult(allowed: boolean, budgets: readonly ShownBudget[], format: RateLimitFormat): ThrottleResult {
  const budget = tightest(budgets)
  invariant(budget !== undefined, 'a call has a scope')
  return {
    allowed,
    limit: budget.limit,
    remaining: budget.remaining,
    resetSeconds: resetSeconds(budget),
    retryAfterSeconds: retryAfterSeconds(budget),
    headers: rateLimitHeaders(budgets, format),
    budgets: budgets.map(throttleBudget),
  }
}

const throttleBudget = (budget: ShownBudget): ThrottleBudget => ({
  scope: budget.name,
  limit: budget.limit,
  windowSeconds: budget.windowSeconds,
  burst: burstOf(budget),
  remaining: budget.remaining,
  resetSeconds: resetSeconds(budget),
  retryAfterSeconds: retryAfterSeconds(budget),
})
