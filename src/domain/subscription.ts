import type { PaymentMethod } from './account.js'

/** Where a subscription is in its life. */
export type SubscriptionStatus = 'trialing' | 'active' | 'past_due' | 'pending_payment' | 'canceled'

/** Every {@link SubscriptionStatus}. */
export const subscriptionStatuses = [
  'trialing',
  'active',
  'past_due',
  'pending_payment',
  'canceled',
] as const satisfies readonly SubscriptionStatus[]

/** The trial or paid time of an account; at most one per account. Periods are half-open, `[start, end)`, in UTC. */
export interface Subscription {
  readonly id: string
  readonly accountId: string
  readonly planId: string
  readonly status: SubscriptionStatus
  readonly paymentMethod: PaymentMethod
  /** The provider's or bank's reference of the newest payment. */
  readonly externalPaymentId: string | null
  readonly stripeSubscriptionId: string | null
  readonly currentPeriodStart: Date
  /** End of the trial, of the paid time, or, while `pending_payment`, the day the payment is due. */
  readonly currentPeriodEnd: Date
  /** Month boundaries are counted from here, so that a 31st comes back after February. */
  readonly billingAnchor: Date
  /** When the credits of the next paid month arrive; `null` when all that is paid for has arrived. */
  readonly nextCreditsAt: Date | null
  readonly cancelAtPeriodEnd: boolean
  /** The plan that a scheduled change brings; `null` when none is scheduled. */
  readonly pendingPlanId: string | null
  /** From this moment on the scheduled plan counts, whether or not it has been written. `null` while it waits for the payment that begins it. */
  readonly pendingPlanAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}
