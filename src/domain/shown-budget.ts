import type { ThrottleRule } from './plan.js'

/** A budget as it is shown to the client: its rule, and where it stands after the decision. */
export interface ShownBudget extends ThrottleRule {
  /** The client sees it; a scope, not a key. */
  readonly name: string
  /** Whole calls left. */
  readonly remaining: number
  /** Milliseconds until the budget is whole again. */
  readonly resetMs: number
  /** Milliseconds until the call fits; 0 when it fitted. */
  readonly retryAfterMs: number
}

/**
 * The one of several budgets that a client comes to the end of first: of a refused call the one with the longest wait, else the one with the
 * fewest calls left, of these the one that is whole again last. The first where two are alike; `undefined` of none.
 */
export function tightest<Budget extends Omit<ShownBudget, 'name'>>(budgets: readonly Budget[]): Budget | undefined {
  let found = budgets[0]
  for (const budget of budgets) {
    if (found !== undefined && isTighter(budget, found)) found = budget
  }
  return found
}

function isTighter(one: Omit<ShownBudget, 'name'>, other: Omit<ShownBudget, 'name'>): boolean {
  if (one.retryAfterMs !== other.retryAfterMs) return one.retryAfterMs > other.retryAfterMs
  if (one.remaining !== other.remaining) return one.remaining < other.remaining
  return one.resetMs > other.resetMs
}

/** Whole seconds until a call fits into a budget, at least 1; 0 when it fitted. */
export const retryAfterSeconds = ({ retryAfterMs }: { readonly retryAfterMs: number }): number => Math.ceil(retryAfterMs / 1000)

/** Whole seconds until a budget is whole again; of one that refused, until the call fits. */
export const resetSeconds = ({ resetMs, retryAfterMs }: Pick<ShownBudget, 'resetMs' | 'retryAfterMs'>): number =>
  Math.ceil((retryAfterMs === 0 ? resetMs : retryAfterMs) / 1000)
