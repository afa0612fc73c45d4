import type { AccountStatus } from './account.js'
import { addDays } from './calendar.js'
import type { Subscription } from './subscription.js'

/** The host's choices on which it depends when time brings something to an account. */
export interface DueRules {
  /** On which days before the end of a trial a reminder is due. */
  readonly remindDaysBefore: readonly number[]
  /** Days after the end of what was paid for until the account is suspended. */
  readonly graceDays: number
}

/** What decides when time next brings something to an account. */
export interface DueState {
  readonly status: AccountStatus
  readonly subscription: Subscription | null
  /** When time next changes the ledger, as {@link settlesAt} has it. */
  readonly settlesAt: Date | null
  /** When the payments that have not been decided are due, in no order. */
  readonly paymentsDueAt: readonly Date[]
  /** Up to this moment, and including it, what time brought has been carried out; `null` before the first time. */
  readonly livedUntil: Date | null
}

/**
 * When time next brings something to an account, `null` for never: a reminder, an end, credits that come or go, a payment that is missed.
 * It may be past. A cancelled account is left alone.
 */
export function nextDueAt(state: DueState, rules: DueRules): Date | null {
  const { status, subscription, settlesAt, paymentsDueAt } = state
  if (status === 'cancelled') return null
  const notices = [...paymentsDueAt, ...trialNotices(state, rules)].filter((at) => isAhead(at, state.livedUntil))
  const ends = [periodEnd(subscription), subscription?.pendingPlanAt ?? null, suspensionAt(state, rules)]
  return [settlesAt, ...ends, ...notices].reduce(earlier, null)
}

/** The reminders of a trial, and its end, each of which is told once. */
function trialNotices({ status, subscription }: DueState, rules: DueRules): Date[] {
  if (subscription?.status !== 'trialing') return []
  const reminders = status === 'suspended' ? [] : trialReminders(subscription, rules).map(({ at }) => at)
  return [subscription.currentPeriodEnd, ...reminders]
}

/** A reminder that a trial ends so many days after it. */
export interface TrialReminder {
  readonly at: Date
  readonly daysBefore: number
}

/** The reminders of a trial: those that fall into it. */
export function trialReminders({ currentPeriodStart, currentPeriodEnd }: Subscription, { remindDaysBefore }: DueRules): TrialReminder[] {
  const all = remindDaysBefore.map((daysBefore) => ({ at: addDays(currentPeriodEnd, -daysBefore), daysBefore }))
  return all.filter(({ at }) => at > currentPeriodStart && at < currentPeriodEnd)
}

/** When the end of the period, or the day on which its payment is due, changes the subscription; `null` where it does not, or has done so. */
export function periodEnd(subscription: Subscription | null): Date | null {
  if (subscription === null) return null
  const { status, cancelAtPeriodEnd, currentPeriodEnd } = subscription
  const isDue = status === 'active' || status === 'pending_payment' || (status === 'past_due' && cancelAtPeriodEnd)
  return isDue ? currentPeriodEnd : null
}

/** When an account is suspended because it has not paid; `null` where it has, or is suspended already. */
export function suspensionAt({ status, subscription }: Pick<DueState, 'status' | 'subscription'>, { graceDays }: DueRules): Date | null {
  const isUnpaid = subscription?.status === 'past_due' || subscription?.status === 'pending_payment'
  return isUnpaid && status !== 'suspended' ? addDays(subscription.currentPeriodEnd, graceDays) : null
}

/** Has the moment not been lived yet? */
export const isAhead = (moment: Date, livedUntil: Date | null): boolean => livedUntil === null || moment > livedUntil

const earlier = (a: Date | null, b: Date | null): Date | null => (a === null ? b : b === null || a <= b ? a : b)
