import type { AccountStatus } from './account.js'
import type { SubscriptionStatus } from './subscription.js'

/** What happens to an account in its life: somebody's act, or the passing of time. */
export type LifeEvent =
  | 'sign_up'
  | 'trial_expired'
  | 'payment_requested'
  | 'payment_confirmed'
  | 'payment_overdue'
  | 'period_ended'
  | 'grace_over'
  | 'plan_changed'
  | 'cancel_at_period_end'
  | 'cancel_now'
  | 'resume'
  | 'suspend'
  | 'reinstate'
  | 'cancel'

/** What a step may depend on besides the statuses. */
export type LifeGuard =
  | 'paid time runs'
  | 'the trial runs'
  | 'it was to end with its period'
  | 'the trial is all it has'
  | 'its payment is asked for'
  | 'its payment is overdue'

/** Where a step leads: to a status, or to one of two as a guard says. Without `else` the step is not allowed when the guard does not hold. */
export type LifeStep<Status> = Status | { readonly when: LifeGuard; readonly to: Status; readonly else?: LifeStep<Status> }

/** The steps of one event by the status from which they lead; from a status that is not there the event is not allowed. */
export type LifeSteps<Status extends string> = { readonly [From in Status | 'none']?: LifeStep<Status | 'none'> }

/** What an event does to an account and to its subscription. Both must allow it. */
export interface LifeRow {
  readonly account: LifeSteps<AccountStatus>
  readonly subscription: LifeSteps<SubscriptionStatus>
}

const anySubscription = {
  none: 'none',
  trialing: 'trialing',
  active: 'active',
  past_due: 'past_due',
  pending_payment: 'pending_payment',
  canceled: 'canceled',
} as const

/** What runs goes on; without paid time the account waits for its money. */
const whilePaid = <Status extends SubscriptionStatus | AccountStatus>(status: Status) =>
  ({ when: 'paid time runs', to: status, else: 'pending_payment' }) as const

/** What runs, by status, and the guard that says that it does. */
const whatRuns = {
  trialing: { when: 'the trial runs', to: 'trialing' },
  active: { when: 'paid time runs', to: 'active' },
  past_due: { when: 'paid time runs', to: 'past_due' },
} as const

/** What does not run any more ends at once. */
const orCanceled = <Step extends object>(step: Step) => ({ ...step, else: 'canceled' }) as const

/**
 * The life of an account and its subscription: every event, and where it leads from each status. A status says what has happened; whether
 * the account may act is {@link decideAccess}'s answer, which depends on the clock as well and on no event.
 */
export const lifeTable: Readonly<Record<LifeEvent, LifeRow>> = {
  sign_up: { account: { none: 'trial' }, subscription: { none: 'trialing' } },
  // The gate refuses from the trial's last instant on; the status keeps saying why.
  trial_expired: { account: { trial: 'trial', suspended: 'suspended' }, subscription: { trialing: 'trialing' } },
  payment_requested: {
    account: { trial: 'pending_payment', active: whilePaid('active'), pending_payment: 'pending_payment', suspended: 'suspended' },
    subscription: {
      none: 'none',
      trialing: 'pending_payment',
      active: whilePaid('active'),
      // Who has let a due date pass does not get another one by asking again.
      past_due: { when: 'its payment is overdue', to: 'past_due', else: whilePaid('past_due') },
      pending_payment: 'pending_payment',
      // Or asking and cancelling by turns would give time for ever.
      canceled: 'canceled',
    },
  },
  payment_confirmed: {
    account: { trial: 'active', active: 'active', pending_payment: 'active', suspended: 'active' },
    subscription: {
      none: 'active',
      trialing: 'active',
      active: 'active',
      past_due: 'active',
      pending_payment: 'active',
      canceled: 'active',
    },
  },
  payment_overdue: {
    account: { active: 'active', pending_payment: 'pending_payment', suspended: 'suspended' },
    subscription: { ...anySubscription, trialing: 'trialing', pending_payment: 'past_due' },
  },
  period_ended: {
    account: { active: 'active', suspended: 'suspended' },
    subscription: {
      active: { when: 'it was to end with its period', to: 'canceled', else: 'past_due' },
      past_due: { when: 'it was to end with its period', to: 'canceled', else: 'past_due' },
      canceled: 'canceled',
    },
  },
  grace_over: {
    account: { active: 'suspended', pending_payment: 'suspended', suspended: 'suspended' },
    subscription: { past_due: 'past_due' },
  },
  plan_changed: { account: { trial: 'trial', active: 'active' }, subscription: whatRuns },
  // Nobody waits for the payment of a subscription that has been canceled.
  cancel_at_period_end: {
    account: { trial: 'trial', active: 'active', pending_payment: 'active', suspended: 'suspended' },
    subscription: {
      trialing: orCanceled(whatRuns.trialing),
      active: orCanceled(whatRuns.active),
      past_due: orCanceled(whatRuns.past_due),
      pending_payment: 'canceled',
      canceled: 'canceled',
    },
  },
  cancel_now: {
    account: { trial: 'trial', active: 'active', pending_payment: 'active', suspended: 'suspended' },
    subscription: { trialing: 'canceled', active: 'canceled', past_due: 'canceled', pending_payment: 'canceled', canceled: 'canceled' },
  },
  // A subscription that has been canceled has ended for good: paying begins another one.
  resume: { account: { trial: 'trial', active: 'active' }, subscription: whatRuns },
  suspend: {
    account: { trial: 'suspended', active: 'suspended', pending_payment: 'suspended', suspended: 'suspended' },
    subscription: anySubscription,
  },
  reinstate: { account: { suspended: implied(), cancelled: implied() }, subscription: anySubscription },
  cancel: {
    account: { trial: 'cancelled', active: 'cancelled', pending_payment: 'cancelled', suspended: 'cancelled', cancelled: 'cancelled' },
    subscription: anySubscription,
  },
}

/** The status that the subscription implies. */
function implied(): LifeStep<AccountStatus> {
  const paying = { when: 'its payment is asked for', to: 'pending_payment', else: 'active' } as const
  return { when: 'the trial is all it has', to: 'trial', else: paying }
}
