/** How failed deliveries are tried again. Times are in seconds. */
export interface RetryRule {
  /** After so many failed attempts an event is given up. */
  readonly maxAttempts: number
  /** The longest wait after the first failure; four times as long after each further one. */
  readonly firstRetrySeconds: number
  /** No wait is longer. */
  readonly maxRetrySeconds: number
}

/**
 * When a delivery is tried again that has failed for the `attempts`th time, or `null` when it is given up. `chance`, from 0 up to 1,
 * spreads the wait over its upper half, so that what failed together does not come back together.
 */
export function retryAt(failed: { attempts: number; at: Date; chance: number }, rule: RetryRule): Date | null {
  if (failed.attempts >= rule.maxAttempts) return null
  const longest = Math.min(rule.firstRetrySeconds * 4 ** (failed.attempts - 1), rule.maxRetrySeconds)
  return new Date(failed.at.getTime() + Math.round(longest * 500 * (1 + failed.chance)))
}
