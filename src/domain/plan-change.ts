import { addMonths, wholeMonths } from './calendar.js'
import { grant, type Ledger, roomFor, type Stamp } from './ledger.js'
import type { Money } from './money.js'
import { cycleMonths, isFree, monthlyPrice, type Plan, priceIn } from './plan.js'
import { nextMonthBoundary, planCreditsKey, rolloverOf } from './plan-credits.js'
import { withoutChange } from './scheduled-change.js'
import type { Subscription } from './subscription.js'

/** A time whose plan credits have arrived: a paid month, or a trial. Half-open, `[start, end)`. */
export interface CreditTime {
  readonly start: Date
  readonly end: Date
}

/** What has been granted for such a time. */
export interface GrantedTime extends CreditTime {
  /** The credits of the best plan that it has had so far. */
  readonly allotted: number
  /** How often a change of plan has added to it. */
  readonly additions: number
}

/** Is the plan offered for nothing? A plan without any price is not: it is not for sale. */
export const isGratis = (plan: Plan): boolean => plan.prices.length > 0 && isFree(plan)

/** Does it cost more, in any currency in which both are sold? What cannot be compared is taken to be dearer, unless it costs nothing. */
export function isDearer(to: Plan, from: Plan): boolean {
  const shared = to.prices.filter(({ currency }) => priceIn(from, currency) !== null)
  if (shared.length === 0) return !isGratis(to)
  return shared.some(({ currency }) => monthlyPrice(to, currency) > monthlyPrice(from, currency))
}

/** The times from `now` on whose credits have arrived: the running one, and those that came early because they were paid for early. */
export function grantedTimes(subscription: Subscription, now: Date): CreditTime[] {
  const { status, currentPeriodStart, currentPeriodEnd, billingAnchor, nextCreditsAt } = subscription
  if (status === 'trialing') return [{ start: currentPeriodStart, end: currentPeriodEnd }]
  const until = nextCreditsAt ?? currentPeriodEnd
  const times: CreditTime[] = []
  for (let start = addMonths(billingAnchor, wholeMonths(billingAnchor, now)); start < until; ) {
    const end = nextMonthBoundary(billingAnchor, start)
    times.push({ start, end })
    start = end
  }
  return times
}

/** The key of the credits that a change of plan adds to a time, by their number from 1 on. */
export const additionKey = (subscription: Subscription, { start }: CreditTime, number: number): string =>
  `${planCreditsKey(subscription, start)}:change:${number}`

/**
 * Puts an account on another plan now, for all the time that is left to it. For times whose credits have arrived, the difference to the best
 * plan that they have had so far is added, if there is one, for the part of them that is still to come: rounded down, once. So no way up and
 * down brings more than the best plan would have. Nothing is taken back. Later months have the new plan's credits.
 */
export function changePlanNow(
  { ledger, subscription }: { ledger: Ledger; subscription: Subscription },
  to: Plan,
  times: readonly GrantedTime[],
  stamp: Stamp,
): { ledger: Ledger; subscription: Subscription } {
  const changed = withoutChange({ ...subscription, planId: to.id, updatedAt: stamp.now })
  const granted = times.reduce((next, time) => addDifference(next, changed, to, time, stamp), ledger)
  return { ledger: granted, subscription: changed }
}

function addDifference(ledger: Ledger, subscription: Subscription, to: Plan, time: GrantedTime, stamp: Stamp): Ledger {
  const [start, end, now] = [time.start, time.end, stamp.now].map((moment) => moment.getTime()) as [number, number, number]
  const more = Math.max(0, to.includedCredits - time.allotted)
  const part = share(more, Math.min(end - now, end - start), end - start)
  const amount = Math.min(part, roomFor(ledger))
  if (amount === 0) return ledger
  const { rolloverCap, expires } = rolloverOf(to.creditRollover)
  const content = {
    type: 'subscription',
    priority: 0,
    expiresAt: expires ? time.end : null,
    rolloverCap,
    idempotencyKey: additionKey(subscription, time, time.additions + 1),
    description: `Credits of the change to the plan ${to.name}`,
    metadata: { from: stamp.now.toISOString(), until: time.end.toISOString(), allotted: to.includedCredits },
  } as const
  return grant(ledger, { ...content, amount }, stamp)
}

/** `amount` times `part` / `whole`, rounded down, without leaving the integers. */
const share = (amount: number, part: number, whole: number): number => Number((BigInt(amount) * BigInt(part)) / BigInt(whole))

/**
 * What a dearer plan costs more for the paid time that is left, in each currency in which both are sold: the difference of the monthly
 * prices, for whole months and by the millisecond for the running one, rounded to the nearest minor unit, halves up. For a trial, which has
 * paid nothing, the price of one billing cycle. Empty where nothing is due, or where it cannot be said.
 */
export function amountsDue(to: Plan, from: Plan, subscription: Subscription, now: Date): Money[] {
  if (subscription.status === 'trialing') return to.prices.filter(({ amountMinor }) => amountMinor > 0)
  const { months, part, whole } = timeLeft(subscription, now)
  return to.prices.flatMap(({ currency, amountMinor }) => {
    const present = priceIn(from, currency)
    if (present === null) return []
    const difference = BigInt(amountMinor) * BigInt(cycleMonths(from)) - BigInt(present.amountMinor) * BigInt(cycleMonths(to))
    const due = nearest(difference * BigInt(months * whole + part), BigInt(cycleMonths(from) * cycleMonths(to)) * BigInt(whole))
    return due > 0 ? [{ amountMinor: due, currency }] : []
  })
}

/** Of a non-negative fraction, rounded to the nearest; 0 for a negative one. */
const nearest = (numerator: bigint, denominator: bigint): number =>
  numerator <= 0n ? 0 : Number((2n * numerator + denominator) / (2n * denominator))

/** Whole months after the running one, and `part` milliseconds of the running one, which has `whole`. */
function timeLeft({ billingAnchor, currentPeriodEnd }: Subscription, now: Date): { months: number; part: number; whole: number } {
  const start = addMonths(billingAnchor, wholeMonths(billingAnchor, now))
  const end = nextMonthBoundary(billingAnchor, now)
  const months = wholeMonths(billingAnchor, currentPeriodEnd) - wholeMonths(billingAnchor, end)
  return { months, part: end.getTime() - now.getTime(), whole: end.getTime() - start.getTime() }
}
