import { describe, expect, test } from 'vitest'
import { accountStatuses } from '../../src/domain/account.js'
import { subscriptionStatuses } from '../../src/domain/subscription.js'
import { subscriptionPhase, subscriptionPhases, subscriptionWishes, wishAnswers } from '../../src/domain/subscription-phase.js'
import { samples } from '../../src/testing/samples.js'

const end = new Date('2026-02-28T10:20:30.123Z')
const before = new Date(end.getTime() - 1)

/** The table as a reader would write it. */
const table = `
  phase           change_now              change_at_period_end    cancel_now              cancel_at_period_end    resume
  none            subscription_not_found  subscription_not_found  subscription_not_found  subscription_not_found  subscription_not_found
  trialing        yes                     invalid_transition      yes                     yes                     already
  trial_ending    yes                     invalid_transition      yes                     already                 yes
  trial_over      trial_expired           trial_expired           yes                     yes                     trial_expired
  pending_payment invalid_transition      invalid_transition      yes                     yes                     invalid_transition
  running         yes                     yes                     yes                     yes                     already
  ending          yes                     invalid_transition      yes                     already                 yes
  lapsed          payment_overdue         payment_overdue         yes                     yes                     payment_overdue
  canceled        invalid_transition      invalid_transition      already                 already                 invalid_transition`

describe('wishAnswers', () => {
  const [head = [], ...rows] = table
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/))

  test('has every phase and every wish', () => {
    expect(head.slice(1)).toEqual([...subscriptionWishes])
    expect(rows.map(([phase]) => phase)).toEqual([...subscriptionPhases])
    expect(Object.keys(wishAnswers)).toEqual([...subscriptionPhases])
  })

  test.each(rows)('in the phase %s', (phase = '', ...answers) => {
    const expected = Object.fromEntries(subscriptionWishes.map((wish, index) => [wish, answers[index]]))
    expect(wishAnswers[phase as keyof typeof wishAnswers]).toEqual(expected)
  })
})

describe('subscriptionPhase', () => {
  const phaseOf = (status: (typeof subscriptionStatuses)[number], cancelAtPeriodEnd: boolean, now: Date, account = 'active' as const) =>
    subscriptionPhase(
      { account: { status: account }, subscription: samples.subscription({ status, cancelAtPeriodEnd, currentPeriodEnd: end }) },
      now,
    )

  test.each([
    ['trialing', 'trialing', 'trial_ending', 'trial_over', 'trial_over'],
    ['active', 'running', 'ending', 'lapsed', 'lapsed'],
    ['past_due', 'running', 'ending', 'lapsed', 'lapsed'],
    ['pending_payment', 'pending_payment', 'pending_payment', 'pending_payment', 'pending_payment'],
    ['canceled', 'canceled', 'canceled', 'canceled', 'canceled'],
  ] as const)('of a subscription that is %s: %s, to end %s; from the end on %s and %s', (status, ...phases) => {
    const seen = [before, end].flatMap((now) => [phaseOf(status, false, now), phaseOf(status, true, now)])
    expect(seen).toEqual(phases)
  })

  test('of an account that waits for its payment is that, but a canceled subscription stays canceled', () => {
    for (const status of subscriptionStatuses) {
      const subscription = samples.subscription({ status })
      const phase = subscriptionPhase({ account: { status: 'pending_payment' }, subscription }, before)
      expect(phase).toBe(status === 'canceled' ? 'canceled' : 'pending_payment')
    }
  })

  test('of an account without a subscription is none, whatever its status', () => {
    for (const status of accountStatuses) expect(subscriptionPhase({ account: { status }, subscription: null }, end)).toBe('none')
  })
})
