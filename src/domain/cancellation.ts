import type { Ledger, Stamp } from './ledger.js'
import { isChangePaid, withoutChange } from './scheduled-change.js'
import { lapsePlanCredits } from './settlement.js'
import type { Subscription } from './subscription.js'

/** A subscription with its ledger. */
export interface CreditedSubscription {
  readonly subscription: Subscription
  readonly ledger: Ledger
}

/**
 * Ends a subscription now. Paid time that is left is given up, unused plan credits lapse by their roll-over, bought ones stay. A period that
 * is over keeps its end.
 */
export function cancelNow({ subscription, ledger }: CreditedSubscription, stamp: Stamp): CreditedSubscription {
  const { currentPeriodStart: start, currentPeriodEnd: end } = subscription
  const now = stamp.now < start ? start : stamp.now
  const canceled = withoutChange({
    ...subscription,
    status: 'canceled',
    currentPeriodEnd: end < now ? end : now,
    nextCreditsAt: null,
    cancelAtPeriodEnd: false,
    updatedAt: stamp.now,
  })
  return { subscription: canceled, ledger: lapsePlanCredits(ledger, stamp) }
}

/** Lets a subscription end with its period. A scheduled change would never come, so it goes, unless time on its plan is paid for. */
export function cancelAtPeriodEnd(subscription: Subscription, { now }: Stamp): Subscription {
  const ending = { ...subscription, cancelAtPeriodEnd: true, updatedAt: now }
  return isChangePaid(subscription) ? ending : withoutChange(ending)
}

/** Takes a cancellation at the period's end back. */
export const resume = (subscription: Subscription, { now }: Stamp): Subscription => ({
  ...subscription,
  cancelAtPeriodEnd: false,
  updatedAt: now,
})
