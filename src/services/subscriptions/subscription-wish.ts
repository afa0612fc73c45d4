import type { Ledger, Stamp } from '../../domain/ledger.js'
import { lifeOf, type NextLife, nextLife } from '../../domain/life.js'
import type { Plan } from '../../domain/plan.js'
import type { Subscription } from '../../domain/subscription.js'
import {
  type SubscriptionPhase,
  type SubscriptionWish,
  subscriptionPhase,
  type WishAnswer,
  wishAnswers,
  wishEvents,
} from '../../domain/subscription-phase.js'
import { TenantryError } from '../../errors.js'
import { settleState } from '../credits/change-ledger.js'
import type { PlannedState } from '../plans/pending-plan.js'

/** A subscription brought up to now, with the plan that counts now. */
export interface Standing {
  readonly subscription: Subscription
  readonly ledger: Ledger
  /** `null` for an account without a plan. */
  readonly plan: Plan | null
  /** The statuses once the wish is fulfilled; `null` where everything is so already. */
  readonly next: NextLife | null
}

/** What completes "The subscription cannot …". */
const acts: Readonly<Record<SubscriptionWish, string>> = {
  change_now: 'change its plan',
  change_at_period_end: 'change its plan at the end of a period',
  cancel_now: 'be canceled',
  cancel_at_period_end: 'be canceled at the end of its period',
  resume: 'be resumed',
}

/**
 * Settles an account's state as of the stamp, and asks {@link wishAnswers} and then the table of its life.
 *
 * @throws TenantryError `subscription_not_found`, `trial_expired`, `payment_overdue`, `invalid_transition`
 */
export function standingFor(wish: SubscriptionWish, state: PlannedState, stamp: Stamp): Standing {
  const { ledger, subscription } = settleState(state, stamp)
  const { account, pendingPlan } = state
  const phase = subscriptionPhase({ account, subscription }, stamp.now)
  const answer = wishAnswers[phase][wish]
  if (subscription === null) throw new TenantryError('subscription_not_found', { subscriptionId: '' })
  if (isRefusal(answer)) throw refused(answer, wish, { ...state, subscription }, phase)
  const plan = subscription.planId === pendingPlan?.id ? pendingPlan : account.plan
  const next = answer === 'already' ? null : nextLife(lifeOf({ account, subscription }, stamp.now), wishEvents[wish])
  return { subscription, ledger, plan, next }
}

type Refusal = Exclude<WishAnswer, 'yes' | 'already'>

const isRefusal = (answer: WishAnswer): answer is Refusal => answer !== 'yes' && answer !== 'already'

function refused(
  code: Refusal,
  wish: SubscriptionWish,
  { account, subscription }: HasSubscription,
  phase: SubscriptionPhase,
): TenantryError {
  const ended = { accountId: account.id, endedAt: subscription.currentPeriodEnd }
  if (code === 'trial_expired') return new TenantryError('trial_expired', ended)
  if (code === 'payment_overdue') return new TenantryError('payment_overdue', ended)
  if (code === 'subscription_not_found') return new TenantryError(code, { subscriptionId: subscription.id })
  const message = `${reasons[phase] ?? ''} The subscription cannot ${acts[wish]}.`.trim()
  return new TenantryError('invalid_transition', { from: account.status, event: acts[wish] }, { message })
}

type HasSubscription = Pick<PlannedState, 'account'> & { readonly subscription: Subscription }

/** Why a wish may not be fulfilled, and what helps. */
const reasons: Partial<Readonly<Record<SubscriptionPhase, string>>> = {
  trialing: 'A trial has no paid time that ends: pay for the plan.',
  trial_ending: 'A trial has no paid time that ends: pay for the plan.',
  pending_payment: 'The account waits for a payment: pay it, or cancel the subscription.',
  ending: 'The subscription ends with its period: resume it first.',
  canceled: 'The subscription was canceled: pay to begin another one.',
}
