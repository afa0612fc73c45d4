import { addMonths, wholeMonths } from './calendar.js'
import type { Ledger, Stamp } from './ledger.js'
import type { Plan } from './plan.js'
import { creditsAfter, grantPlanCredits, nextMonthBoundary } from './plan-credits.js'
import { lapsePlanCredits } from './settlement.js'
import type { Subscription } from './subscription.js'

/** What a payment buys: months on a plan. */
export interface PaidMonths {
  readonly plan: Plan
  readonly months: number
  /** The bank's reference of the payment. */
  readonly externalPaymentId: string
}

/** The subscription and the ledger after a payment, and the period that was bought, `[start, end)`. */
export interface PaidPeriod {
  readonly subscription: Subscription
  readonly ledger: Ledger
  readonly start: Date
  readonly end: Date
}

/** Is there paid time left at `now`, so that a payment prolongs it? */
export const isPaidPeriodRunning = (subscription: Subscription | null, now: Date): subscription is Subscription =>
  subscription !== null &&
  (subscription.status === 'active' || subscription.status === 'past_due' || subscription.status === 'canceled') &&
  subscription.currentPeriodEnd > now

/**
 * Prolongs paid time from its end, in calendar months from the anchor, so that paying early loses nothing. Paid for the scheduled plan, the
 * new months are on that plan and those before stay on the present one; paid for any other, that plan counts from now on. The first new month's credits
 * come at once, unless months that were paid for earlier still have theirs to come; then all come month by month.
 */
export function prolongPaidPeriod(subscription: Subscription, ledger: Ledger, paid: PaidMonths, stamp: Stamp): PaidPeriod {
  const start = subscription.currentPeriodEnd
  const end = addMonths(subscription.billingAnchor, wholeMonths(subscription.billingAnchor, start) + paid.months)
  const prolonged = { ...paidSubscription(subscription, paid, stamp), currentPeriodEnd: end }
  return subscription.nextCreditsAt === null
    ? startCredits(prolonged, ledger, paid, start, stamp)
    : { subscription: prolonged, ledger, start, end }
}

/** Begins paid time now, for an account on trial, or whose paid time is over. What is left of the old period's credits lapses. */
export function beginPaidPeriod(
  former: Subscription | null,
  ledger: Ledger,
  paid: PaidMonths,
  stamp: Stamp & { accountId: string },
): PaidPeriod {
  const { now, accountId } = stamp
  const subscription: Subscription = {
    ...identityOf(former, stamp),
    accountId,
    planId: paid.plan.id,
    status: 'active',
    paymentMethod: 'bank_transfer',
    externalPaymentId: paid.externalPaymentId,
    currentPeriodStart: now,
    currentPeriodEnd: addMonths(now, paid.months),
    billingAnchor: now,
    nextCreditsAt: null,
    cancelAtPeriodEnd: false,
    pendingPlanId: null,
    pendingPlanAt: null,
    updatedAt: now,
  }
  return startCredits(subscription, lapsePlanCredits(ledger, stamp), paid, now, stamp)
}

/** A subscription that was canceled has ended for good: paying again begins another one. */
function identityOf(former: Subscription | null, { now, newId }: Stamp): Pick<Subscription, 'id' | 'stripeSubscriptionId' | 'createdAt'> {
  if (former === null || former.status === 'canceled') return { id: newId(), stripeSubscriptionId: null, createdAt: now }
  return { id: former.id, stripeSubscriptionId: former.stripeSubscriptionId, createdAt: former.createdAt }
}

/** Grants the credits of the month that begins at `start` and leaves the date of the next ones. */
function startCredits(subscription: Subscription, ledger: Ledger, { plan }: PaidMonths, start: Date, stamp: Stamp): PaidPeriod {
  const time = { start, end: nextMonthBoundary(subscription.billingAnchor, start) }
  return {
    subscription: { ...subscription, nextCreditsAt: creditsAfter(subscription, start) },
    ledger: grantPlanCredits(ledger, { plan, subscription }, time, stamp),
    start,
    end: subscription.currentPeriodEnd,
  }
}

const paidSubscription = (subscription: Subscription, paid: PaidMonths, { now }: Stamp): Subscription => ({
  ...subscription,
  ...planAfter(subscription, paid.plan),
  status: 'active',
  paymentMethod: 'bank_transfer',
  externalPaymentId: paid.externalPaymentId,
  cancelAtPeriodEnd: false,
  updatedAt: now,
})

function planAfter(subscription: Subscription, { id }: Plan): Pick<Subscription, 'planId' | 'pendingPlanId' | 'pendingPlanAt'> {
  const { planId, pendingPlanId, pendingPlanAt, currentPeriodEnd } = subscription
  if (id !== pendingPlanId) return { planId: id, pendingPlanId: null, pendingPlanAt: null }
  return { planId, pendingPlanId, pendingPlanAt: pendingPlanAt ?? currentPeriodEnd }
}
