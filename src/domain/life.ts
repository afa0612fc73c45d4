import { TenantryError } from '../errors.js'
import type { Account, AccountStatus } from './account.js'
import { type LifeEvent, type LifeGuard, type LifeStep, type LifeSteps, lifeTable } from './life-table.js'
import { isPaidPeriodRunning } from './paid-period.js'
import type { Subscription, SubscriptionStatus } from './subscription.js'

/** Where an account and its subscription are; `null` where there is none (yet). */
export interface LifeState {
  readonly account: AccountStatus | null
  readonly subscription: SubscriptionStatus | null
}

/** A state with what its next step may depend on. */
export interface Life extends LifeState {
  readonly paidTimeRuns: boolean
  readonly trialRuns: boolean
  /** `cancelAtPeriodEnd` of the subscription. */
  readonly endsWithPeriod: boolean
}

/** A state after an event. There is an account then. */
export interface NextLife extends LifeState {
  readonly account: AccountStatus
}

/** Before the sign-up. */
export const unborn: Life = { account: null, subscription: null, paidTimeRuns: false, trialRuns: false, endsWithPeriod: false }

/** The life of an account at `now`. */
export const lifeOf = (held: { account: Pick<Account, 'status'>; subscription: Subscription | null }, now: Date): Life => ({
  account: held.account.status,
  subscription: held.subscription?.status ?? null,
  paidTimeRuns: isPaidPeriodRunning(held.subscription, now),
  trialRuns: held.subscription?.status === 'trialing' && held.subscription.currentPeriodEnd > now,
  endsWithPeriod: held.subscription?.cancelAtPeriodEnd ?? false,
})

/**
 * The statuses after an event, by {@link lifeTable}.
 *
 * @throws TenantryError `invalid_transition` when the account or its subscription does not allow the event
 */
export function nextLife(life: Life, event: LifeEvent): NextLife {
  const { account: ofAccount, subscription: ofSubscription } = lifeTable[event]
  const account = follow(ofAccount, life.account, life)
  if (account === null || account === 'none') throw refused('account', life.account, event)
  const subscription = follow(ofSubscription, life.subscription, life)
  if (subscription === null) throw refused('subscription', life.subscription, event)
  return { account, subscription: subscription === 'none' ? null : subscription }
}

const guards: Readonly<Record<LifeGuard, (life: Life) => boolean>> = {
  'paid time runs': ({ paidTimeRuns }) => paidTimeRuns,
  'the trial runs': ({ trialRuns }) => trialRuns,
  'it was to end with its period': ({ endsWithPeriod }) => endsWithPeriod,
  'the trial is all it has': ({ subscription }) => subscription === 'trialing',
  'its payment is asked for': ({ subscription }) => subscription === 'pending_payment',
  'its payment is overdue': ({ account }) => account === 'pending_payment' || account === 'suspended',
}

function follow<Status extends string>(steps: LifeSteps<Status>, from: Status | null, life: Life): Status | 'none' | null {
  const key: Status | 'none' = from ?? 'none'
  let step: LifeStep<Status | 'none'> | undefined = Object.hasOwn(steps, key) ? steps[key] : undefined
  while (typeof step === 'object') step = guards[step.when](life) ? step.to : step.else
  return step ?? null
}

/** What completes "An account that is … cannot …". */
const acts: Readonly<Record<LifeEvent, string>> = {
  sign_up: 'be signed up',
  trial_expired: 'come to the end of a trial',
  payment_requested: 'ask for a payment',
  payment_confirmed: 'be paid for',
  payment_overdue: 'miss a payment',
  period_ended: 'come to the end of its paid time',
  grace_over: 'come to the end of its grace',
  plan_changed: 'change its plan',
  cancel_at_period_end: 'be cancelled at the end of its period',
  cancel_now: 'have its subscription cancelled',
  resume: 'be resumed',
  suspend: 'be suspended',
  reinstate: 'be reinstated',
  cancel: 'be cancelled',
}

function refused(
  what: 'account' | 'subscription',
  from: LifeState['account'] | LifeState['subscription'],
  event: LifeEvent,
): TenantryError<'invalid_transition'> {
  const state = from ?? 'none'
  const message = what === 'account' ? undefined : `A subscription that is ${state} cannot ${acts[event]}.`
  return new TenantryError('invalid_transition', { from: state, event: acts[event] }, message === undefined ? {} : { message })
}
