import type { CreditSchedule } from './plan-credits.js'
import type { Subscription } from './subscription.js'

/** Has the moment of a scheduled change come? From then on its plan counts, whether or not anything has been written. */
export const isChangeDue = ({ pendingPlanId, pendingPlanAt }: Subscription, at: Date): boolean =>
  pendingPlanId !== null && pendingPlanAt !== null && pendingPlanAt <= at

/** Has time on the scheduled plan been paid for already? Then the change stands. */
export const isChangePaid = ({ pendingPlanId, pendingPlanAt, currentPeriodEnd }: Subscription): boolean =>
  pendingPlanId !== null && pendingPlanAt !== null && pendingPlanAt < currentPeriodEnd

/** A subscription on its scheduled plan. */
export function onScheduledPlan(subscription: Subscription): Subscription {
  const { pendingPlanId, pendingPlanAt, ...rest } = subscription
  if (pendingPlanId === null) return subscription
  return { ...withoutChange({ ...rest, planId: pendingPlanId }), updatedAt: pendingPlanAt ?? rest.updatedAt }
}

/** A subscription without a scheduled change. */
export const withoutChange = (subscription: Omit<Subscription, 'pendingPlanId' | 'pendingPlanAt'>): Subscription => ({
  ...subscription,
  pendingPlanId: null,
  pendingPlanAt: null,
})

/** What counts at a moment: a scheduled change that is due by then has happened. */
export function inForceAt(schedule: CreditSchedule, at: Date): CreditSchedule {
  const { subscription, pendingPlan } = schedule
  if (pendingPlan === null || pendingPlan === undefined || !isChangeDue(subscription, at)) return schedule
  return { plan: pendingPlan, pendingPlan: null, subscription: onScheduledPlan(subscription) }
}
