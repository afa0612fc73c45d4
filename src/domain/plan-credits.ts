import { addMonths, wholeMonths } from './calendar.js'
import { type Grant, grant, internalKeyPrefix, type Ledger, roomFor, type Stamp } from './ledger.js'
import type { CreditRollover, Plan } from './plan.js'
import type { Subscription } from './subscription.js'

/** When paid months' credits arrive, and how many. */
export interface CreditSchedule {
  readonly plan: Pick<Plan, 'name' | 'includedCredits' | 'creditRollover'>
  readonly subscription: Subscription
  /** The plan of the scheduled change, where there is one. */
  readonly pendingPlan?: CreditSchedule['plan'] | null
}

/**
 * Grants the plan's credits for one month, or for a trial, once: the key is made of the subscription and the start.
 * They are open until `end`, and then follow the plan's roll-over.
 */
export function grantPlanCredits(
  ledger: Ledger,
  { plan, subscription }: CreditSchedule,
  time: { start: Date; end: Date },
  stamp: Stamp,
): Ledger {
  // A balance that is full stays so: a month must not fail because of it.
  const amount = Math.min(plan.includedCredits, roomFor(ledger))
  if (amount === 0) return ledger
  const { rolloverCap, expires } = rolloverOf(plan.creditRollover)
  const content: Grant = {
    type: 'subscription',
    amount,
    priority: 0,
    expiresAt: expires ? time.end : null,
    rolloverCap,
    idempotencyKey: planCreditsKey(subscription, time.start),
    description: `Credits of the plan ${plan.name}`,
    metadata: { from: time.start.toISOString(), until: time.end.toISOString() },
  }
  return grant(ledger, content, stamp)
}

/** A trial and the paid time that takes its place may begin at one instant, so their keys differ. */
export const planCreditsKey = ({ id, status }: Subscription, start: Date): string =>
  `${internalKeyPrefix}${status === 'trialing' ? 'trial' : 'plan'}:${id}:${start.toISOString()}`

/** What becomes of credits of a plan with this roll-over at the end of their month. */
export const rolloverOf = (rollover: CreditRollover): { rolloverCap: number | null; expires: boolean } =>
  typeof rollover === 'object' ? { rolloverCap: rollover.cap, expires: true } : { rolloverCap: null, expires: rollover === 'none' }

/** The first month boundary after `moment`, counted from the anchor. */
export function nextMonthBoundary(anchor: Date, moment: Date): Date {
  return addMonths(anchor, wholeMonths(anchor, moment) + 1)
}

/** When the credits after those of `monthStart` arrive, or `null` when the paid time ends before. */
export function creditsAfter(subscription: Subscription, monthStart: Date): Date | null {
  const next = nextMonthBoundary(subscription.billingAnchor, monthStart)
  return next < subscription.currentPeriodEnd ? next : null
}
