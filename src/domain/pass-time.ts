import { type Account, paymentOverdueReason } from './account.js'
import { creditEvents } from './account-events.js'
import { addDays } from './calendar.js'
import type { CreditEntry } from './credit.js'
import { type DueRules, isAhead, periodEnd, suspensionAt, trialReminders } from './due.js'
import type { EventContent } from './event.js'
import type { Ledger, Stamp } from './ledger.js'
import type { Payment } from './payment.js'
import type { Plan } from './plan.js'
import { type Settlement, settle } from './settlement.js'
import type { Subscription } from './subscription.js'

/** An account as it was when time last changed it. */
export interface LivingAccount {
  readonly account: Account
  readonly subscription: Subscription | null
  /** The plan of a scheduled change that is due, where there is one. */
  readonly pendingPlan: Plan | null
  readonly ledger: Ledger
  readonly livedUntil: Date | null
  /** Its payments that have not been decided. */
  readonly expectedPayments: readonly ExpectedPayment[]
}

/** A payment that is expected, and the plan that it is for. */
export interface ExpectedPayment {
  readonly payment: Payment
  readonly planSlug: string | null
}

/** Something that time brought, with the moment at which it was due. */
export type Happening = EventContent & { readonly at: Date }

/** An account to which time has brought what was due. */
export interface TimePassed {
  readonly ledger: Ledger
  readonly subscription: Subscription | null
  /** Has it been suspended, because it has not paid? */
  readonly isSuspended: boolean
  /** What happened, in the order of time. */
  readonly happenings: readonly Happening[]
}

/**
 * Brings an account up to `stamp.now`: credits come and go as {@link settle} has it, reminders and ends are told, a period that is over makes
 * the subscription `past_due` or ends it, and the end of the grace suspends the account. Late is as good as in time: all of it happens, in
 * the order of time. Only of several reminders that were missed the most urgent one is told, and none once the trial is over.
 */
export function passTime(living: LivingAccount, rules: DueRules, stamp: Stamp): TimePassed {
  if (living.account.status === 'cancelled') return { ...living, isSuspended: false, happenings: [] }
  const settled = settleLedger(living, stamp)
  const period = endPeriod(settled.subscription, rules, stamp.now)
  const suspension = suspend(living.account, period.subscription, rules, stamp.now)
  const happenings = [
    ...trialHappenings(living, rules, stamp.now),
    ...missedPayments(living, stamp.now),
    ...begunPlan(living, settled.subscription),
    ...newEntries(living.ledger, settled.ledger).flatMap(creditHappenings),
    ...period.happenings,
    ...suspension,
  ]
  return {
    ledger: settled.ledger,
    subscription: period.subscription,
    isSuspended: suspension.length > 0,
    happenings: happenings.sort((a, b) => a.at.getTime() - b.at.getTime()),
  }
}

function settleLedger({ account, subscription, pendingPlan, ledger }: LivingAccount, stamp: Stamp): Settlement {
  const schedule = account.plan === null || subscription === null ? null : { plan: account.plan, subscription, pendingPlan }
  const settled = settle(ledger, schedule, stamp)
  return { ...settled, subscription: settled.subscription ?? subscription }
}

/** The scheduled plan, once its moment has come. */
function begunPlan({ account, subscription: before, pendingPlan }: LivingAccount, after: Subscription | null): Happening[] {
  if (before === null || pendingPlan === null || before.pendingPlanAt === null || after?.planId !== pendingPlan.id) return []
  const data = { subscriptionId: before.id, fromPlanSlug: account.plan?.slug ?? '', toPlanSlug: pendingPlan.slug }
  return [{ name: 'subscription.changed', data, at: before.pendingPlanAt }]
}

const newEntries = (before: Ledger, { entries }: Ledger): CreditEntry[] => entries.filter(({ sequence }) => sequence > before.sequence)

/** A credit that comes back too late from a reservation lapses later than its lot; what else has no moment of its own, happens now. */
function creditHappenings(entry: CreditEntry): Happening[] {
  const moment = entry.metadata[entry.type === 'expiration' ? 'expiredAt' : 'from']
  const at = typeof moment === 'string' ? new Date(moment) : entry.createdAt
  return creditEvents([entry]).map((content) => ({ ...content, at }))
}

function trialHappenings({ account, subscription, livedUntil }: LivingAccount, rules: DueRules, now: Date): Happening[] {
  if (subscription?.status !== 'trialing') return []
  const endsAt = subscription.currentPeriodEnd
  if (endsAt > now) return account.status === 'suspended' ? [] : trialReminder(subscription, livedUntil, rules, now)
  return isAhead(endsAt, livedUntil) ? [{ name: 'trial.expired', data: { endedAt: endsAt.toISOString() }, at: endsAt }] : []
}

/** The last of the reminders that are due: an earlier one would say what is no longer so. */
function trialReminder(subscription: Subscription, livedUntil: Date | null, rules: DueRules, now: Date): Happening[] {
  const due = trialReminders(subscription, rules).filter(({ at }) => at <= now && isAhead(at, livedUntil))
  const last = due.sort((a, b) => a.at.getTime() - b.at.getTime()).at(-1)
  if (last === undefined) return []
  const endsAt = subscription.currentPeriodEnd
  const daysLeft = Math.ceil((endsAt.getTime() - now.getTime()) / 86_400_000)
  return [{ name: 'trial.ending', data: { daysLeft, endsAt: endsAt.toISOString() }, at: last.at }]
}

function missedPayments({ expectedPayments, livedUntil }: LivingAccount, now: Date): Happening[] {
  return expectedPayments.flatMap(({ payment, planSlug }): Happening[] => {
    const { id: paymentId, amount, periodMonths, dueAt } = payment
    if (dueAt === null || dueAt > now || !isAhead(dueAt, livedUntil)) return []
    const data = { paymentId, planSlug, ...amount, periodMonths, dueAt: dueAt.toISOString() }
    return [{ name: 'payment.overdue', data, at: dueAt }]
  })
}

/** Paid time that is over leaves a debt, or ends the subscription where that is what the customer wanted. */
function endPeriod(
  subscription: Subscription | null,
  { graceDays }: DueRules,
  now: Date,
): { subscription: Subscription | null; happenings: Happening[] } {
  const end = periodEnd(subscription)
  if (subscription === null || end === null || end > now) return { subscription, happenings: [] }
  const { id: subscriptionId, cancelAtPeriodEnd } = subscription
  if (cancelAtPeriodEnd) {
    const ended: Happening = { name: 'subscription.canceled', data: { subscriptionId, endedAt: end.toISOString() }, at: end }
    return { subscription: { ...subscription, status: 'canceled', updatedAt: now }, happenings: [ended] }
  }
  const data = { subscriptionId, periodEnd: end.toISOString(), graceEndsAt: addDays(end, graceDays).toISOString() }
  const due: Happening = { name: 'subscription.past_due', data, at: end }
  return { subscription: { ...subscription, status: 'past_due', updatedAt: now }, happenings: [due] }
}

function suspend({ status }: Account, subscription: Subscription | null, rules: DueRules, now: Date): Happening[] {
  const at = suspensionAt({ status, subscription }, rules)
  return at === null || at > now ? [] : [{ name: 'account.suspended', data: { reason: paymentOverdueReason }, at }]
}
