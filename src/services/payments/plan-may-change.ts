import { monthlyPrice, type Plan, priceIn } from '../../domain/plan.js'
import { nextMonthBoundary } from '../../domain/plan-credits.js'
import { isChangePaid } from '../../domain/scheduled-change.js'
import type { Subscription } from '../../domain/subscription.js'
import { TenantryError } from '../../errors.js'
import type { PlannedState } from '../plans/pending-plan.js'

/**
 * The scheduled plan begins at its moment. Any other counts from now on, for all the time that is left. So it must not be worth less than what
 * the customer has paid until later, and more than the running month of a cheaper plan must not become time on a dearer one.
 *
 * @throws TenantryError `already_subscribed`
 */
export function requirePlanMayChange(
  { account, pendingPlan }: PlannedState,
  subscription: Subscription,
  to: { plan: Plan; currency: string; now: Date },
): void {
  const { planId, pendingPlanId, currentPeriodEnd, billingAnchor, nextCreditsAt } = subscription
  const isOnScheduled = planId === pendingPlan?.id || isChangePaid(subscription)
  const present = isOnScheduled ? pendingPlan : account.plan
  if (present === null || present.id === to.plan.id || pendingPlanId === to.plan.id) return
  const isUpgrade = priceIn(present, to.currency) !== null && monthlyPrice(to.plan, to.currency) >= monthlyPrice(present, to.currency)
  const isLastMonth = nextCreditsAt === null && currentPeriodEnd <= nextMonthBoundary(billingAnchor, to.now)
  if (isUpgrade && isLastMonth) return
  throw new TenantryError('already_subscribed', { accountId: account.id, planSlug: present.slug, until: currentPeriodEnd })
}
