import type { Plan } from '../../domain/plan.js'
import { isChangeDue, onScheduledPlan } from '../../domain/scheduled-change.js'
import type { Subscription } from '../../domain/subscription.js'
import type { AccountAccess } from '../../ports/store/access.js'
import type { AccountState } from '../../ports/store/accounts.js'
import type { StoreOperations } from '../../ports/store/store.js'

/** An account's state with the plan that it changes to. */
export interface PlannedState extends AccountState {
  /** `null` where no change is scheduled. */
  readonly pendingPlan: Plan | null
}

/** Reads the plan of a scheduled change; only accounts that have one pay for the look-up. */
export async function withPendingPlan(store: StoreOperations, state: AccountState): Promise<PlannedState> {
  const planId = state.subscription?.pendingPlanId ?? null
  return { ...state, pendingPlan: planId === null ? null : await store.findPlanById(planId) }
}

/**
 * What the gate judges at `now`: a scheduled change that is due counts, also before anything has written it. The one more look-up is needed
 * only until then; without it the answer is no promise, since this is asked on every request.
 */
export function inForce(store: StoreOperations, access: AccountAccess, now: Date): AccountAccess | Promise<AccountAccess> {
  const { subscription } = access
  if (subscription === null || subscription.pendingPlanId === null || !isChangeDue(subscription, now)) return access
  return onPlan(store, access, subscription, subscription.pendingPlanId)
}

async function onPlan(store: StoreOperations, access: AccountAccess, subscription: Subscription, planId: string): Promise<AccountAccess> {
  const plan = await store.findPlanById(planId)
  return plan === null ? access : { account: { ...access.account, plan }, subscription: onScheduledPlan(subscription) }
}
