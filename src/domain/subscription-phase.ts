import type { Account } from './account.js'
import type { LifeEvent } from './life-table.js'
import { isPaidPeriodRunning } from './paid-period.js'
import type { Subscription } from './subscription.js'

/** Where a subscription is at a moment: its status, its period and the clock together. */
export type SubscriptionPhase =
  | 'none'
  | 'trialing'
  | 'trial_ending'
  | 'trial_over'
  | 'pending_payment'
  | 'running'
  | 'ending'
  | 'lapsed'
  | 'canceled'

/** Every {@link SubscriptionPhase}. */
export const subscriptionPhases = [
  'none',
  'trialing',
  'trial_ending',
  'trial_over',
  'pending_payment',
  'running',
  'ending',
  'lapsed',
  'canceled',
] as const satisfies readonly SubscriptionPhase[]

/** What somebody may want of a subscription. */
export type SubscriptionWish = 'change_now' | 'change_at_period_end' | 'cancel_now' | 'cancel_at_period_end' | 'resume'

/** Every {@link SubscriptionWish}. */
export const subscriptionWishes = [
  'change_now',
  'change_at_period_end',
  'cancel_now',
  'cancel_at_period_end',
  'resume',
] as const satisfies readonly SubscriptionWish[]

/** `yes`, with the statuses to which the life's table leads; `already`, which changes nothing; or the code of the refusal. */
export type WishAnswer = 'yes' | 'already' | 'subscription_not_found' | 'trial_expired' | 'payment_overdue' | 'invalid_transition'

/** The step of the life that each wish is. */
export const wishEvents = {
  change_now: 'plan_changed',
  change_at_period_end: 'plan_changed',
  cancel_now: 'cancel_now',
  cancel_at_period_end: 'cancel_at_period_end',
  resume: 'resume',
} as const satisfies Record<SubscriptionWish, LifeEvent>

/**
 * What each wish is answered in each phase: why it is refused, in words that help more than `invalid_transition`, and what is so already.
 * What becomes of the statuses is for {@link lifeTable} to say, which refuses the rest.
 */
export const wishAnswers: Readonly<Record<SubscriptionPhase, Readonly<Record<SubscriptionWish, WishAnswer>>>> = {
  none: answers(
    'subscription_not_found',
    'subscription_not_found',
    'subscription_not_found',
    'subscription_not_found',
    'subscription_not_found',
  ),
  trialing: answers('yes', 'invalid_transition', 'yes', 'yes', 'already'),
  trial_ending: answers('yes', 'invalid_transition', 'yes', 'already', 'yes'),
  trial_over: answers('trial_expired', 'trial_expired', 'yes', 'yes', 'trial_expired'),
  pending_payment: answers('invalid_transition', 'invalid_transition', 'yes', 'yes', 'invalid_transition'),
  running: answers('yes', 'yes', 'yes', 'yes', 'already'),
  ending: answers('yes', 'invalid_transition', 'yes', 'already', 'yes'),
  lapsed: answers('payment_overdue', 'payment_overdue', 'yes', 'yes', 'payment_overdue'),
  canceled: answers('invalid_transition', 'invalid_transition', 'already', 'already', 'invalid_transition'),
}

function answers(
  changeNow: WishAnswer,
  changeAtEnd: WishAnswer,
  cancelNow: WishAnswer,
  cancelAtEnd: WishAnswer,
  resume: WishAnswer,
): Record<SubscriptionWish, WishAnswer> {
  return {
    change_now: changeNow,
    change_at_period_end: changeAtEnd,
    cancel_now: cancelNow,
    cancel_at_period_end: cancelAtEnd,
    resume,
  }
}

/** The phase of an account's subscription at `now`. */
export function subscriptionPhase(
  { account, subscription }: { account: Pick<Account, 'status'>; subscription: Subscription | null },
  now: Date,
): SubscriptionPhase {
  if (subscription === null) return 'none'
  const { status, currentPeriodEnd, cancelAtPeriodEnd } = subscription
  if (status === 'canceled') return 'canceled'
  if (status === 'pending_payment' || account.status === 'pending_payment') return 'pending_payment'
  if (status === 'trialing') return currentPeriodEnd <= now ? 'trial_over' : cancelAtPeriodEnd ? 'trial_ending' : 'trialing'
  if (!isPaidPeriodRunning(subscription, now)) return 'lapsed'
  return cancelAtPeriodEnd ? 'ending' : 'running'
}
