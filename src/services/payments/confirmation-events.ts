import type { EventContent } from '../../domain/event.js'
import type { Payment } from '../../domain/payment.js'
import type { Subscription } from '../../domain/subscription.js'

/** What is told of a confirmed payment: the payment itself, and the time that it bought. */
export function confirmationEvents(
  of: {
    payment: Payment
    plan: { slug: string }
    subscription: Subscription
    periodStart: Date
    periodEnd: Date
  },
  hadPaidTime: boolean,
): EventContent[] {
  const planSlug = of.plan.slug
  const period = { periodStart: of.periodStart.toISOString(), periodEnd: of.periodEnd.toISOString() }
  return [
    { name: 'payment.confirmed', data: paymentFacts(of.payment, planSlug) },
    {
      name: hadPaidTime ? 'subscription.renewed' : 'subscription.started',
      data: { subscriptionId: of.subscription.id, planSlug, ...period },
    },
  ]
}

/** What every event of a payment tells. */
export const paymentFacts = ({ id: paymentId, amount, periodMonths }: Payment, planSlug: string | null) => ({
  paymentId,
  planSlug,
  amountMinor: amount.amountMinor,
  currency: amount.currency,
  periodMonths,
})
