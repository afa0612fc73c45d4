import { addDays, awaitPayment, describeTransfer, type Subscription, transferDueAt } from 'tenantry'
import { samples } from 'tenantry/testing'
import { describe, expect, test } from 'vitest'

const now = new Date('2026-03-10T12:00:00.000Z')
const inDays = (days: number): Date => addDays(now, days)

describe('a transfer is due', () => {
  const cases: [when: string, subscription: Partial<Subscription> | null, due: number][] = [
    ['after the days for paying', null, 14],
    ['whatever a trial does', { status: 'trialing', currentPeriodEnd: inDays(3) }, 14],
    ['whatever paid time does', { status: 'active', currentPeriodEnd: inDays(3) }, 14],
    ['when an account that waits may not go on any more', { status: 'pending_payment', currentPeriodEnd: inDays(9) }, 9],
    ['after the days for paying where that is sooner', { status: 'pending_payment', currentPeriodEnd: inDays(15) }, 14],
    ['after the days for paying where the time to wait is over', { status: 'pending_payment', currentPeriodEnd: now }, 14],
    ['after the days for paying where the payment is overdue', { status: 'past_due', currentPeriodEnd: inDays(-1) }, 14],
  ]
  test.each(cases)('%s', (_, subscription, due) => {
    const waiting = subscription === null ? null : samples.subscription(subscription)
    expect(transferDueAt(waiting, now, 14)).toEqual(inDays(due))
  })
})

describe('a subscription that waits for its payment', () => {
  const before = samples.subscription({ status: 'active', cancelAtPeriodEnd: true, currentPeriodEnd: inDays(-1) })
  test.each([
    [14, 6, 14],
    [2, 6, 6],
  ])('waits for the later of the due day (%i) and the day it would have ended (%i)', (due, wouldEnd, until) => {
    expect(awaitPayment(before, { now, dueAt: inDays(due), wouldEndAt: inDays(wouldEnd) })).toEqual({
      ...before,
      status: 'pending_payment',
      currentPeriodEnd: inDays(until),
      cancelAtPeriodEnd: false,
      updatedAt: now,
    })
  })
})

test('the instructions leave out what the host has not said', () => {
  const payment = samples.payment({ dueAt: null, amount: { amountMinor: 1200, currency: 'JPY' } })
  const request = { account: samples.account(), plan: samples.plan({ name: 'Pro' }), payment, reference: 'RF02 KTMB NQXZ' }
  const text = describeTransfer({ ...request, bankDetails: {}, supportContact: undefined })
  expect(text).toMatch(/^Please transfer 1200 JPY for 1 month of Pro\.\n\nAmount: 1200 JPY\nReference: RF02 KTMB NQXZ\n\n/)
  expect(text).not.toMatch(/undefined|null|Questions/)
})
