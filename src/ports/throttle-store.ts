import type { ThrottleRule } from '../domain/plan.js'

/** One limit to be taken from: how many calls it allows, all positive integers, and whose they are. */
export interface ThrottleRequest extends ThrottleRule {
  /** Names the budget; see {@link throttleKey}. */
  readonly key: string
}

/** Where one budget stands after the decision. */
export interface ThrottleState {
  readonly key: string
  /** Whole calls left. */
  readonly remaining: number
  /** Milliseconds until the budget is whole again. */
  readonly resetMs: number
  /** Milliseconds until `cost` calls fit; 0 when they fitted. */
  readonly retryAfterMs: number
}

/** What a throttle store says of one call. */
export interface ThrottleDecision {
  /** Did the call fit into every budget? */
  readonly allowed: boolean
  /** In the order of the requests. */
  readonly states: readonly ThrottleState[]
}

/**
 * Keeps the budgets of the throttle. Algorithm: GCRA, one number per key: a store answers exactly as {@link decideGcraTogether} does, and keeps
 * the `tat` of each of its decisions, also of a refusal. `throttleStoreContract` of `tenantry/testing` says whether it does.
 *
 * For a key that is asked by clocks that agree, the calls admitted in any interval of length t are at most
 * `burst + t * limit / windowSeconds`, hence at most twice `limit` in any window.
 */
export interface ThrottleStore {
  /** Is it in the memory of this process? Then it is never out of reach, and nothing watches over it. */
  readonly isLocal?: boolean
  /**
   * Takes `cost` from every budget, or, when one of them lacks it, from none: one atomic step for all of them. A negative cost gives calls
   * back, at most as many as were taken; 0 only looks. The keys of one call are distinct, and their last parts, from `:anon` or else from the
   * last colon on, are the same: a store may keep what belongs to one caller in one place.
   *
   * No clock is read: `nowMs` is the moment of the decision, in whole milliseconds since 1970. A key that is whole again is forgotten. A clock
   * that steps back or forth by an hour neither opens a budget nor closes it for longer than its window and one second.
   *
   * Answers at once where it can, else with a promise.
   */
  take(requests: readonly ThrottleRequest[], cost: number, nowMs: number): Promise<ThrottleDecision> | ThrottleDecision
}

/** What becomes of calls while the throttle store does not answer: all are let through, none is, or the memory of this process decides. */
export type OutagePolicy = 'open' | 'closed' | 'local'

/** An outage of the throttle store, as it begins and as it is over. */
export interface ThrottleOutage {
  readonly isOut: boolean
  /** The moment of the call that noticed it. */
  readonly since: Date
  /** A code, never a message: of the client's error where it has one, such as `ECONNREFUSED`; `no_answer`, `bad_answer` or `failed`. */
  readonly reason: string
}
