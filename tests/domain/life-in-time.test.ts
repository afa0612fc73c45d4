import { samples, sequentialIds } from 'tenantry/testing'
import { describe, expect, it } from 'vitest'
import { type AccountStatus, accountStatuses, paymentOverdueReason } from '../../src/domain/account.js'
import { addDays } from '../../src/domain/calendar.js'
import { emptyLedger } from '../../src/domain/ledger.js'
import { type LifeState, lifeOf, nextLife } from '../../src/domain/life.js'
import type { LifeEvent } from '../../src/domain/life-table.js'
import { passTime } from '../../src/domain/pass-time.js'
import { type Subscription, type SubscriptionStatus, subscriptionStatuses } from '../../src/domain/subscription.js'
import { subscriptionPhase, subscriptionWishes, wishAnswers, wishEvents } from '../../src/domain/subscription-phase.js'
import { isTenantryError } from '../../src/errors.js'

// What several rules say about the statuses of one account must be what the one table says.
const rules = { remindDaysBefore: [3, 1], graceDays: 7 }
const end = new Date('2026-02-28T10:20:30.123Z')

interface Case {
  readonly account: AccountStatus
  readonly subscription: Subscription
}

const cases: readonly Case[] = accountStatuses.flatMap((account) =>
  subscriptionStatuses.flatMap((status) =>
    [false, true].map((cancelAtPeriodEnd) => ({
      account,
      subscription: samples.subscription({
        status,
        cancelAtPeriodEnd,
        currentPeriodStart: addDays(end, -14),
        billingAnchor: addDays(end, -14),
        currentPeriodEnd: end,
      }),
    })),
  ),
)

/** Accounts to which no life leads: what pays, or owes, is not on trial any more, and what waits for its money has nothing that runs. */
const isPossible = ({ account, subscription: { status, cancelAtPeriodEnd } }: Case): boolean => {
  if (status === 'pending_payment' && cancelAtPeriodEnd) return false
  if (account === 'trial') return status === 'trialing' || status === 'canceled'
  if (account === 'pending_payment') return status === 'pending_payment' || (status === 'past_due' && !cancelAtPeriodEnd)
  if (account === 'active') return status === 'active' || status === 'past_due' || status === 'canceled'
  return true
}

function statesAfter({ account, subscription }: Case, events: readonly (readonly [LifeEvent, Date])[]): LifeState {
  const held = { account, subscription: subscription.status as SubscriptionStatus | null }
  return events.reduce<LifeState>((state, [event, at]) => {
    const now = {
      account: { status: state.account ?? account },
      subscription: { ...subscription, status: state.subscription ?? 'canceled' },
    }
    return nextLife(lifeOf(now, at), event)
  }, held)
}

/** What time brings to such a subscription at its end. */
function endOf({ status, cancelAtPeriodEnd }: Subscription): LifeEvent | null {
  if (status === 'trialing') return 'trial_expired'
  if (status === 'pending_payment') return 'payment_overdue'
  return status === 'active' || (status === 'past_due' && cancelAtPeriodEnd) ? 'period_ended' : null
}

describe('what time brings', () => {
  it.each([
    ['at the end', end],
    ['when the grace is over', addDays(end, rules.graceDays)],
  ])('leads where the table of the life does: %s', (_, now) => {
    for (const one of cases.filter((each) => isPossible(each) && each.account !== 'cancelled')) {
      const event = endOf(one.subscription)
      const atTheEnd = statesAfter(one, event === null ? [] : [[event, end]])
      const isSuspended = now > end && atTheEnd.subscription === 'past_due'
      const expected = isSuspended
        ? nextLife({ ...lifeOf({ ...one, account: { status: one.account } }, now), ...atTheEnd }, 'grace_over')
        : atTheEnd

      const account = samples.account({
        status: one.account,
        statusReason: one.account === 'suspended' ? paymentOverdueReason : null,
        plan: samples.plan(),
      })
      const living = {
        account,
        subscription: one.subscription,
        pendingPlan: null,
        ledger: emptyLedger(account.id),
        livedUntil: null,
        expectedPayments: [],
      }
      const passed = passTime(living, rules, { now, newId: sequentialIds() })
      const found = { account: passed.isSuspended ? 'suspended' : account.status, subscription: passed.subscription?.status }
      expect(found, JSON.stringify(one)).toEqual(expected)
    }
  })
})

describe('what is answered to a wish', () => {
  const moments = [new Date(end.getTime() - 1), end, addDays(end, 30)]

  it('is only ever yes where the table of the life has a way', () => {
    for (const one of cases.filter((each) => isPossible(each) && each.account !== 'cancelled')) {
      for (const now of moments) {
        const held = { account: { status: one.account }, subscription: one.subscription }
        const answers = wishAnswers[subscriptionPhase(held, now)]
        for (const wish of subscriptionWishes) {
          // Who is suspended is refused before, but for a cancellation.
          if (one.account === 'suspended' && !wish.startsWith('cancel')) continue
          const isWay = hasWay(held, now, wishEvents[wish])
          if (answers[wish] === 'yes') expect({ ...one, now, wish, isWay }).toMatchObject({ isWay: true })
        }
      }
    }
  })

  it('is yes, already or a refusal of the table or of the wish, whose reason is known', () => {
    const onlyOfTheWish = new Set<string>()
    for (const one of cases.filter((each) => isPossible(each) && each.account !== 'cancelled' && each.account !== 'suspended')) {
      for (const now of moments) {
        const held = { account: { status: one.account }, subscription: one.subscription }
        const phase = subscriptionPhase(held, now)
        for (const wish of subscriptionWishes) {
          const answer = wishAnswers[phase][wish]
          if (answer !== 'yes' && answer !== 'already' && hasWay(held, now, wishEvents[wish])) onlyOfTheWish.add(`${phase} ${wish}`)
        }
      }
    }
    // Of a trial there is no paid time that could end, and what ends with its period has no plan after it.
    expect([...onlyOfTheWish].sort()).toEqual([
      'ending change_at_period_end',
      'trial_ending change_at_period_end',
      'trialing change_at_period_end',
    ])
  })
})

function hasWay(held: { account: { status: AccountStatus }; subscription: Subscription }, now: Date, event: LifeEvent): boolean {
  try {
    nextLife(lifeOf(held, now), event)
    return true
  } catch (error) {
    if (isTenantryError(error, 'invalid_transition')) return false
    throw error
  }
}
