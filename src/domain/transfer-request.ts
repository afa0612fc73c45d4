import type { Account } from './account.js'
import { addDays } from './calendar.js'
import { formatMoney } from './money.js'
import type { Payment } from './payment.js'
import type { Plan } from './plan.js'
import type { Subscription } from './subscription.js'

/** What the instructions for a transfer are made of. */
export interface TransferRequest {
  readonly account: Account
  readonly plan: Plan
  readonly payment: Payment
  /** The reference in groups of four, as people read and copy it. */
  readonly reference: string
  /** `billing.bankDetails`: where the money is to go, line by line. */
  readonly bankDetails: Readonly<Record<string, string>>
  readonly supportContact: string | undefined
}

/** What a customer is told who asks for a bank transfer, in plain words. */
export function describeTransfer({ plan, payment, reference, bankDetails, supportContact }: TransferRequest): string {
  const { amount, periodMonths, dueAt } = payment
  const months = periodMonths === 1 ? '1 month' : `${periodMonths} months`
  const due = dueAt === null ? '' : ` by ${dueAt.toISOString().slice(0, 10)}`
  const lines = Object.entries({ ...bankDetails, Amount: `${formatMoney(amount)} ${amount.currency}`, Reference: reference })
  return [
    `Please transfer ${formatMoney(amount)} ${amount.currency} for ${months} of ${plan.name}${due}.`,
    '',
    ...lines.map(([name, value]) => `${name}: ${value}`),
    '',
    'Transfer exactly this amount, and write the reference on the transfer as it stands here: by it we know whose money it is.',
    ...(supportContact === undefined ? [] : [`Questions: ${supportContact}`]),
  ].join('\n')
}

/**
 * Until when a transfer that is asked for at `now` should come. An account that waits for a payment already does not get more time by asking
 * for another one.
 */
export function transferDueAt(subscription: Subscription | null, now: Date, dueDays: number): Date {
  const due = addDays(now, dueDays)
  if (subscription?.status !== 'pending_payment') return due
  const { currentPeriodEnd: until } = subscription
  return until > now && until < due ? until : due
}

/** A subscription that begins to wait for its payment: until the money is due or, where that is later, until it would have ended anyway. */
export function awaitPayment(subscription: Subscription, time: { now: Date; dueAt: Date; wouldEndAt: Date }): Subscription {
  const { now, dueAt, wouldEndAt } = time
  return {
    ...subscription,
    status: 'pending_payment',
    currentPeriodEnd: wouldEndAt > dueAt ? wouldEndAt : dueAt,
    cancelAtPeriodEnd: false,
    updatedAt: now,
  }
}
