import { burstOf, type ThrottleRule } from './plan.js'

const unitsPerMs = 1000
const unitsPerSecond = 1_000_000

/** Clocks that ask for one key may differ by this much: a second, in microseconds. */
const clockDifference = unitsPerSecond

/** What GCRA says of one budget. */
export interface GcraDecision {
  readonly allowed: boolean
  /** The number to keep for the key from now on, also after a refusal; `null` when the budget is whole and the key can be forgotten. */
  readonly tat: number | null
  /** Whole calls left. */
  readonly remaining: number
  /** Milliseconds until the budget is whole again. */
  readonly resetMs: number
  /** Milliseconds until `cost` calls fit, 0 when they fitted. Exact: they fit then and not a millisecond before. */
  readonly retryAfterMs: number
}

/**
 * Decides whether `cost` calls fit into a budget, by the generic cell rate algorithm (ITU-T I.371) in its virtual scheduling form: each
 * call takes one interval of time, `windowSeconds / limit`, and at most `burst` intervals (`limit` when left out) may be taken ahead.
 *
 * `tat`, the theoretical arrival time, is the one number kept per key: the moment at which the budget is whole again, in whole
 * microseconds since 1970. It does not depend on the rule, so a budget keeps its used fraction when its limit changes. The interval is
 * rounded up to a whole microsecond and everything else is integer arithmetic, so nothing drifts: exactly `burst` calls fit into a whole
 * budget, and in any time t at most `burst + t * limit / windowSeconds` are admitted. The price of rounding up is that a budget is whole
 * after up to `limit` microseconds more than its window, at most 1 % at 10,000 calls a second; no key gets more than 10^6 a second.
 *
 * When the clock steps back, no budget gains by it, and what was taken stays taken. A `tat` further ahead than the window and one
 * second, as after a step of an hour, counts as a budget just used up, and the decision's `tat` says so: keep it, and the budget comes
 * back at its own rate, one call after one interval, all after one window. Up to a second it stays as it is, since otherwise two hosts
 * whose clocks differ by milliseconds would hand each other the difference at every refusal. A step forth is time passed: it gives
 * back what that time gives back, never more than one whole budget.
 *
 * A cost above the burst never fits; `retryAfterMs` is then the window. A negative cost gives calls back, never more than were taken.
 *
 * @param tat what is kept for the key, `null` for nothing
 * @param rule `limit`, `windowSeconds` and `burst`, positive integers
 * @param cost an integer; 0 only looks
 * @param nowMs whole milliseconds since 1970
 */
export function decideGcra(tat: number | null, rule: ThrottleRule, cost: number, nowMs: number): GcraDecision {
  const { interval, capacity } = gcraUnits(rule)
  const now = nowMs * unitsPerMs
  const before = taken(tat, now, capacity)
  const after = Math.max(0, before + cost * interval)
  const allowed = cost <= 0 || after <= capacity
  const level = allowed ? after : before
  return {
    allowed,
    tat: level === 0 ? null : now + level,
    remaining: Math.max(0, Math.floor((capacity - level) / interval)),
    resetMs: Math.ceil(level / unitsPerMs),
    retryAfterMs: allowed ? 0 : wait(cost, rule, after - capacity),
  }
}

/** One budget among several that are taken from together: its rule and what is kept for its key. */
export interface GcraBudget extends ThrottleRule {
  readonly tat: number | null
}

/**
 * Decides whether `cost` calls fit into every one of several budgets. When one of them lacks room nothing is taken from any, and the
 * decisions of the others say how they stand. The decisions come in the order of the budgets; see {@link decideGcra}.
 */
export function decideGcraTogether(
  budgets: readonly GcraBudget[],
  cost: number,
  nowMs: number,
): { readonly allowed: boolean; readonly decisions: readonly GcraDecision[] } {
  const decisions = budgets.map((budget) => decideGcra(budget.tat, budget, cost, nowMs))
  if (decisions.every((decision) => decision.allowed)) return { allowed: true, decisions }
  const looks = budgets.map((budget) => decideGcra(budget.tat, budget, 0, nowMs))
  return { allowed: false, decisions: decisions.map((decision, index) => (decision.allowed ? (looks[index] ?? decision) : decision)) }
}

/** A rule in whole microseconds: what one call takes, and what a whole budget holds. For stores that decide where their numbers are kept. */
export function gcraUnits(rule: ThrottleRule): { readonly interval: number; readonly capacity: number } {
  const interval = Math.ceil((rule.windowSeconds * unitsPerSecond) / rule.limit)
  return { interval, capacity: burstOf(rule) * interval }
}

function taken(tat: number | null, now: number, capacity: number): number {
  // Written so that what a clock without a time has left behind is nothing.
  if (tat === null || !(tat > now)) return 0
  const ahead = tat - now
  return ahead > capacity + clockDifference ? capacity : ahead
}

function wait(cost: number, rule: ThrottleRule, excess: number): number {
  return cost > burstOf(rule) ? rule.windowSeconds * 1000 : Math.ceil(excess / unitsPerMs)
}
