import type { Subscription } from '../../../domain/subscription.js'
import { selection } from '../selections.js'
import type { NewRow, Row } from '../tables.js'
import { moment, nullableMoment } from './values.js'

/** The columns of a subscription in a joined statement. */
export const subscriptionSelection = selection<Row<'tenantry_subscription'>>('subscription', {
  id: 'plain',
  account_id: 'plain',
  plan_id: 'plain',
  status: 'plain',
  payment_method: 'plain',
  external_payment_id: 'plain',
  stripe_subscription_id: 'plain',
  current_period_start: 'moment',
  current_period_end: 'moment',
  billing_anchor: 'moment',
  next_credits_at: 'moment',
  cancel_at_period_end: 'plain',
  pending_plan_id: 'plain',
  pending_plan_at: 'moment',
  created_at: 'moment',
  updated_at: 'moment',
})

/** The subscription that a row holds. */
export function toSubscription(row: Row<'tenantry_subscription'>): Subscription {
  return {
    id: row.id,
    accountId: row.account_id,
    planId: row.plan_id,
    status: row.status,
    paymentMethod: row.payment_method,
    externalPaymentId: row.external_payment_id,
    stripeSubscriptionId: row.stripe_subscription_id,
    currentPeriodStart: moment(row.current_period_start),
    currentPeriodEnd: moment(row.current_period_end),
    billingAnchor: moment(row.billing_anchor),
    nextCreditsAt: nullableMoment(row.next_credits_at),
    cancelAtPeriodEnd: row.cancel_at_period_end,
    pendingPlanId: row.pending_plan_id,
    pendingPlanAt: nullableMoment(row.pending_plan_at),
    createdAt: moment(row.created_at),
    updatedAt: moment(row.updated_at),
  }
}

/** The row of a subscription. */
export function subscriptionRow(subscription: Subscription): NewRow<'tenantry_subscription'> {
  return {
    account_id: subscription.accountId,
    id: subscription.id,
    plan_id: subscription.planId,
    status: subscription.status,
    payment_method: subscription.paymentMethod,
    external_payment_id: subscription.externalPaymentId,
    stripe_subscription_id: subscription.stripeSubscriptionId,
    current_period_start: subscription.currentPeriodStart,
    current_period_end: subscription.currentPeriodEnd,
    billing_anchor: subscription.billingAnchor,
    next_credits_at: subscription.nextCreditsAt,
    cancel_at_period_end: subscription.cancelAtPeriodEnd,
    pending_plan_id: subscription.pendingPlanId,
    pending_plan_at: subscription.pendingPlanAt,
    created_at: subscription.createdAt,
    updated_at: subscription.updatedAt,
  }
}
