/** One limit to be taken from. */
export interface ThrottleRequest {
  /** Names the budget; see {@link throttleKey}. */
  readonly key: string
  /** How many calls fit at once, a positive integer. */
  readonly limit: number
  /** Over how many seconds `limit` calls come back, a positive integer. */
  readonly windowSeconds: number
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

/**
 * Keeps the budgets of the throttle. Algorithm: GCRA, one number per key. For a key that is asked by clocks that agree, the calls
 * admitted in any interval of length t are at most `limit + t * limit / windowSeconds`, hence at most twice `limit` in any window.
 */
export interface ThrottleStore {
  /**
   * Takes `cost` from every budget, or, when one of them lacks it, from none: one atomic step for all of them.
   * The keys of one call are distinct, and the answers come in the order of the requests. No clock is read: `now` is the moment of the
   * decision. A key that is whole again is forgotten. A clock that steps back or forth by an hour neither opens a budget nor closes it for
   * longer than its window and one second.
   */
  take(requests: readonly ThrottleRequest[], cost: number, now: Date): Promise<{ allowed: boolean; states: readonly ThrottleState[] }>
}
