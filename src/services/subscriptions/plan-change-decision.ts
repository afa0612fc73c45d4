import type { Account } from '../../domain/account.js'
import { type Actor, isOperator } from '../../domain/actor.js'
import type { Stamp } from '../../domain/ledger.js'
import type { Money } from '../../domain/money.js'
import type { Plan } from '../../domain/plan.js'
import { amountsDue, changePlanNow, isDearer, isGratis } from '../../domain/plan-change.js'
import { isChangePaid, withoutChange } from '../../domain/scheduled-change.js'
import type { Subscription } from '../../domain/subscription.js'
import { TenantryError } from '../../errors.js'
import type { StoreOperations } from '../../ports/store/store.js'
import { requireOpenAccount } from '../accounts/account-status.js'
import { forbidden } from '../authority.js'
import type { PlannedState } from '../plans/pending-plan.js'
import { readGrantedTimes } from './granted-times.js'
import { type Standing, standingFor } from './subscription-wish.js'

/** When a change of plan begins to count. */
export type PlanChangeMoment = 'now' | 'period_end'

/** What `changePlan` and `previewPlanChange` answer. */
export interface PlanChangeResult {
  /** As after the change, with the plan that counts from now on. */
  readonly account: Account
  readonly subscription: Subscription
  /** The plan that will count later; `null` where none is scheduled. */
  readonly scheduledPlan: Plan | null
  /** From when on the plan that was asked for counts. A dearer one at the period's end counts from then on if it has been paid for. */
  readonly effectiveAt: Date
  /** Credits that come with the change at once. */
  readonly creditsGranted: number
  /** The balance after it. */
  readonly credits: number
  /** What the change now costs more for the paid time that is left, in each currency in which it can be said. */
  readonly amountsDue: readonly Money[]
  /** `true` for a dearer plan now: it has to be paid for, so only operators make the change. */
  readonly requiresPayment: boolean
  /** `false` where everything was so already, and nothing was written. */
  readonly changed: boolean
}

/** A change of plan that has been decided and not been written. */
export interface PlanChangeDecision {
  /** Before the change, settled. */
  readonly standing: Standing & { readonly plan: Plan }
  readonly to: Plan
  readonly subscription: Subscription
  readonly ledger: Standing['ledger']
  readonly result: PlanChangeResult
}

/** Decides about a change of plan, and what comes of it; for the change itself and for its preview alike. Writes nothing. */
export async function decidePlanChange(
  store: StoreOperations,
  state: PlannedState,
  { planSlug, when, by, stamp }: { planSlug: string; when: PlanChangeMoment; by: Actor; stamp: Stamp },
): Promise<PlanChangeDecision> {
  requireOpenAccount(state.account)
  const to = await findPlanOnSale(store, planSlug, by)
  const standing = withPlan(standingFor(when === 'now' ? 'change_now' : 'change_at_period_end', state, stamp), state)
  requireFreeHand(standing, to, state)
  if (to.id === standing.plan.id) return stay(state, standing, to, stamp)
  return when === 'now' ? changeNow(store, state, standing, to, stamp) : schedule(state, standing, to, stamp)
}

async function findPlanOnSale(store: StoreOperations, planSlug: string, by: Actor): Promise<Plan> {
  const plan = await store.findPlanBySlug(planSlug)
  if (plan === null) throw new TenantryError('plan_not_found', { planSlug })
  if (!plan.isActive) throw new TenantryError('plan_inactive', { planSlug })
  if (plan.prices.length === 0 && !isOperator(by)) throw forbidden('change to a plan that has no price', 'administrator')
  return plan
}

type PlannedStanding = PlanChangeDecision['standing']

function withPlan(standing: Standing, { account }: PlannedState): PlannedStanding {
  const { plan } = standing
  if (plan === null) throw new TenantryError('plan_missing', { accountId: account.id })
  return { ...standing, plan }
}

/** Time on a scheduled plan that is paid for stands; and what was paid for is not given up for a plan that costs nothing. */
function requireFreeHand({ subscription }: PlannedStanding, to: Plan, { account, pendingPlan }: PlannedState): void {
  if (pendingPlan !== null && isChangePaid(subscription)) {
    const { currentPeriodEnd: until } = subscription
    throw new TenantryError('already_subscribed', { accountId: account.id, planSlug: pendingPlan.slug, until })
  }
  if (subscription.status === 'trialing' || !isGratis(to)) return
  const event = 'change to a free plan'
  const message = 'Paid time does not change to a free plan. Cancel the subscription instead, with cancelSubscription.'
  throw new TenantryError('invalid_transition', { from: account.status, event }, { message })
}

/** To stay on the plan: a scheduled change is taken back. */
function stay(state: PlannedState, standing: PlannedStanding, to: Plan, { now }: Stamp): PlanChangeDecision {
  const isScheduled = standing.subscription.pendingPlanId !== null
  const subscription = isScheduled ? { ...withoutChange(standing.subscription), updatedAt: now } : standing.subscription
  return decided(state, standing, { to, subscription, ledger: standing.ledger, effectiveAt: now, changed: isScheduled })
}

async function changeNow(
  store: StoreOperations,
  state: PlannedState,
  standing: PlannedStanding,
  to: Plan,
  stamp: Stamp,
): Promise<PlanChangeDecision> {
  const { plan: from, subscription } = standing
  const times = await readGrantedTimes(store, standing, stamp.now)
  const requiresPayment = isDearer(to, from)
  const due = requiresPayment ? amountsDue(to, from, subscription, stamp.now) : []
  const after = changePlanNow(standing, to, times, stamp)
  return decided(state, standing, { to, ...after, effectiveAt: stamp.now, changed: true, amountsDue: due, requiresPayment })
}

/**
 * A plan that is not dearer begins at the period's end by itself. A dearer one waits for the payment that begins it, so that the days of
 * grace are not spent on what nobody has paid for.
 */
function schedule(state: PlannedState, standing: PlannedStanding, to: Plan, { now }: Stamp): PlanChangeDecision {
  const { plan: from, subscription: before, ledger } = standing
  const effectiveAt = before.currentPeriodEnd
  const pendingPlanAt = isDearer(to, from) ? null : effectiveAt
  const changed = before.pendingPlanId !== to.id || before.pendingPlanAt?.getTime() !== pendingPlanAt?.getTime()
  const subscription = changed ? { ...before, pendingPlanId: to.id, pendingPlanAt, updatedAt: now } : before
  return decided(state, standing, { to, subscription, ledger, effectiveAt, changed })
}

type Outcome = Pick<PlanChangeDecision, 'to' | 'subscription' | 'ledger'> &
  Pick<PlanChangeResult, 'effectiveAt' | 'changed'> &
  Partial<Pick<PlanChangeResult, 'amountsDue' | 'requiresPayment'>>

function decided({ account }: PlannedState, standing: PlannedStanding, outcome: Outcome): PlanChangeDecision {
  const { to, subscription, ledger, effectiveAt, changed, amountsDue: due = [], requiresPayment = false } = outcome
  const plan = subscription.planId === to.id ? to : standing.plan
  const result: PlanChangeResult = {
    account: { ...account, plan, credits: ledger.balance },
    subscription,
    scheduledPlan: subscription.pendingPlanId === null ? null : to,
    effectiveAt,
    creditsGranted: ledger.balance - standing.ledger.balance,
    credits: ledger.balance,
    amountsDue: due,
    requiresPayment,
    changed,
  }
  return { standing, to, subscription, ledger, result }
}
