import fc from 'fast-check'
import { samples, sequentialIds } from 'tenantry/testing'
import { describe, expect, it, test } from 'vitest'
import { decideAccess } from '../../src/domain/access.js'
import { type Account, accountStatuses, paymentOverdueReason } from '../../src/domain/account.js'
import { addDays, addMonths } from '../../src/domain/calendar.js'
import { type DueRules, type DueState, nextDueAt } from '../../src/domain/due.js'
import { emptyLedger, grant, type Stamp } from '../../src/domain/ledger.js'
import { lifeOf, nextLife } from '../../src/domain/life.js'
import type { LifeEvent } from '../../src/domain/life-table.js'
import { type ExpectedPayment, type LivingAccount, passTime, type TimePassed } from '../../src/domain/pass-time.js'
import { settlesAt } from '../../src/domain/settlement.js'
import { type Subscription, subscriptionStatuses } from '../../src/domain/subscription.js'

const rules: DueRules = { remindDaysBefore: [3, 1], graceDays: 7 }
const start = new Date('2026-01-31T10:20:30.123Z')
const plan = samples.plan({ includedCredits: 100 })

const newId = sequentialIds()
const stampAt = (now: Date): Stamp => ({ now, newId })

const living = (
  subscription: Partial<Subscription> | null,
  others: Partial<LivingAccount> = {},
  status: LivingAccount['account']['status'] = 'active',
): LivingAccount => ({
  account: samples.account({ status, plan }),
  subscription: subscription && samples.subscription({ currentPeriodStart: start, billingAnchor: start, ...subscription }),
  pendingPlan: null,
  ledger: emptyLedger('account-1'),
  livedUntil: null,
  expectedPayments: [],
  ...others,
})

const payment = (dueAt: Date): ExpectedPayment => ({ planSlug: 'starter', payment: samples.payment({ dueAt }) })

/** What is known of the account after time has passed. */
const lived = (before: LivingAccount, { ledger, subscription, isSuspended }: TimePassed, now: Date): LivingAccount => ({
  ...before,
  account: isSuspended ? { ...before.account, status: 'suspended', statusReason: paymentOverdueReason } : before.account,
  subscription,
  ledger: { ...ledger, entries: [] },
  livedUntil: now,
})

const dueStateOf = ({ account, subscription, ledger, livedUntil, expectedPayments }: LivingAccount): DueState => ({
  status: account.status,
  subscription,
  settlesAt: settlesAt(ledger, subscription),
  paymentsDueAt: expectedPayments.flatMap(({ payment: { dueAt } }) => dueAt ?? []),
  livedUntil,
})

const namesOf = ({ happenings }: TimePassed): string[] => happenings.map(({ name }) => name)

const trial = { status: 'trialing', currentPeriodEnd: addDays(start, 14) } as const
const paid = { status: 'active', currentPeriodEnd: addMonths(start, 1) } as const

describe('what time brings to a trial', () => {
  const end = trial.currentPeriodEnd
  const at = (days: number): Date => addDays(end, -days)
  const told = (livedUntil: Date | null, now: Date): unknown[] =>
    passTime(living(trial, { livedUntil }, 'trial'), rules, stampAt(now)).happenings.map(({ name, data }) => [name, data])

  const ending = (daysLeft: number) => ['trial.ending', { daysLeft, endsAt: end.toISOString() }]
  const expired = ['trial.expired', { endedAt: end.toISOString() }]

  test.each<[string, Date | null, Date, unknown[]]>([
    ['nothing before the first reminder', null, new Date(at(3).getTime() - 1), []],
    ['the first reminder', null, at(3), [ending(3)]],
    ['it no second time', at(3), at(2), []],
    ['the second reminder', at(3), at(1), [ending(1)]],
    ['of two that were missed the more urgent one', null, at(1), [ending(1)]],
    ['of a late one how much is really left', null, at(1.5), [ending(2)]],
    ['no reminder once it is over, only that it is over', null, end, [expired]],
    ['the end late', at(1), addDays(end, 40), [expired]],
    ['the end once', end, addDays(end, 1), []],
  ])('is %s', (_, livedUntil, now, expected) => {
    expect(told(livedUntil, now)).toEqual(expected)
  })

  it('leaves the trial what it is: the gate refuses by the clock', () => {
    const { subscription, isSuspended } = passTime(living(trial, {}, 'trial'), rules, stampAt(addDays(end, 99)))
    expect({ status: subscription?.status, isSuspended }).toEqual({ status: 'trialing', isSuspended: false })
  })

  it('tells no reminder that would lie before the trial', () => {
    const short = { status: 'trialing', currentPeriodEnd: addDays(start, 2) } as const
    expect(nextDueAt(dueStateOf(living(short, {}, 'trial')), rules)).toEqual(addDays(start, 1))
    expect(namesOf(passTime(living(short, {}, 'trial'), rules, stampAt(start)))).toEqual([])
  })

  it('does not remind an account that is suspended, but tells the end', () => {
    const suspended = living(trial, {}, 'suspended')
    expect(namesOf(passTime(suspended, rules, stampAt(at(1))))).toEqual([])
    expect(namesOf(passTime(suspended, rules, stampAt(end)))).toEqual(['trial.expired'])
  })
})

describe('what time brings to paid time', () => {
  const end = paid.currentPeriodEnd
  const graceEnd = addDays(end, 7)

  test.each<[string, Partial<Subscription>, Date, string[], string, boolean]>([
    ['nothing before its end', paid, new Date(end.getTime() - 1), [], 'active', false],
    ['a debt at its end', paid, end, ['subscription.past_due'], 'past_due', false],
    ['a debt until the grace is over', paid, new Date(graceEnd.getTime() - 1), ['subscription.past_due'], 'past_due', false],
    ['the suspension with the grace', { ...paid, status: 'past_due' }, graceEnd, ['account.suspended'], 'past_due', true],
    ['both at once when it is late', paid, addDays(graceEnd, 99), ['subscription.past_due', 'account.suspended'], 'past_due', true],
    ['its end where it was to end', { ...paid, cancelAtPeriodEnd: true }, end, ['subscription.canceled'], 'canceled', false],
    ['nothing more where it has ended', { ...paid, status: 'canceled' }, addDays(end, 99), [], 'canceled', false],
    ['a debt on the day a payment is due', { ...paid, status: 'pending_payment' }, end, ['subscription.past_due'], 'past_due', false],
  ])('is %s', (_, subscription, now, names, status, isSuspended) => {
    const passed = passTime(living(subscription), rules, stampAt(now))
    expect({ names: namesOf(passed), status: passed.subscription?.status, isSuspended: passed.isSuspended }).toEqual({
      names,
      status,
      isSuspended,
    })
  })

  it('is every month that was missed, in order, with what lapses in between', () => {
    const year = living({ ...paid, currentPeriodEnd: addMonths(start, 12), nextCreditsAt: addMonths(start, 1) })
    const { happenings, ledger } = passTime(year, rules, stampAt(addMonths(start, 3)))
    expect(happenings.map(({ name, at }) => [name, at])).toEqual([
      ['credits.granted', addMonths(start, 1)],
      ['credits.expired', addMonths(start, 2)],
      ['credits.granted', addMonths(start, 2)],
      ['credits.expired', addMonths(start, 3)],
      ['credits.granted', addMonths(start, 3)],
    ])
    expect(ledger.balance).toBe(100)
  })

  it('is a payment that was missed, once', () => {
    const expecting = living(null, { expectedPayments: [payment(end)] })
    const [missed, ...others] = passTime(expecting, rules, stampAt(end)).happenings
    expect(others).toEqual([])
    expect(missed?.data).toEqual({
      paymentId: 'payment-1',
      planSlug: 'starter',
      amountMinor: 2999,
      currency: 'USD',
      periodMonths: 1,
      dueAt: end.toISOString(),
    })
    expect(namesOf(passTime({ ...expecting, livedUntil: end }, rules, stampAt(graceEnd)))).toEqual([])
  })
})

/** An account waits for its first payment, and so does its subscription. */
const isConsistent = ({ account: { status }, subscription }: LivingAccount): boolean =>
  status === 'suspended' || status === 'cancelled' || (status === 'pending_payment') === (subscription?.status === 'pending_payment')

/** Any account that the library could have written, and many that it could not. */
const anyLife = fc
  .record({
    status: fc.constantFrom(...accountStatuses),
    subscriptionStatus: fc.option(fc.constantFrom(...subscriptionStatuses)),
    days: fc.integer({ min: 1, max: 400 }),
    cancelAtPeriodEnd: fc.boolean(),
    hasCredits: fc.boolean(),
    rollover: fc.constantFrom('none' as const, 'all' as const, { cap: 30 }),
    grants: fc.array(fc.record({ amount: fc.integer({ min: 1, max: 50 }), days: fc.option(fc.integer({ min: 1, max: 300 })) }), {
      maxLength: 4,
    }),
    paymentDays: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 2 }),
  })
  .map((life): LivingAccount => {
    const end = addDays(start, life.days)
    const granted = life.grants.reduce(
      (ledger, { amount, days }, number) =>
        grant(
          ledger,
          samples.grant({ amount, idempotencyKey: `${number}`, expiresAt: days === null ? null : addDays(start, days) }),
          stampAt(start),
        ),
      emptyLedger('account-1'),
    )
    const nextCreditsAt = life.hasCredits && life.subscriptionStatus === 'active' && addMonths(start, 1) < end ? addMonths(start, 1) : null
    const subscription = { currentPeriodEnd: end, nextCreditsAt, cancelAtPeriodEnd: life.cancelAtPeriodEnd }
    const account = samples.account({ status: life.status, plan: { ...plan, creditRollover: life.rollover } })
    return {
      ...living(life.subscriptionStatus === null ? null : { ...subscription, status: life.subscriptionStatus }, {}, life.status),
      account,
      ledger: { ...granted, entries: [] },
      expectedPayments: life.paymentDays.map((days) => payment(addDays(start, days))),
    }
  })
  .filter(isConsistent)

const anySteps = fc
  .uniqueArray(fc.integer({ min: 1, max: 500 * 24 }), { minLength: 1, maxLength: 12 })
  .map((hours) => hours.sort((a, b) => a - b))
const inHours = (hours: number): Date => new Date(start.getTime() + hours * 3_600_000)

describe('time', () => {
  it('leaves nothing due behind, and brings nothing before it is due', () => {
    fc.assert(
      fc.property(anyLife, anySteps, (life, steps) => {
        let state = life
        for (const now of steps.map(inHours)) {
          const due = nextDueAt(dueStateOf(state), rules)
          const passed = passTime(state, rules, stampAt(now))
          if (due === null || due > now) expect(namesOf(passed)).toEqual([])
          state = lived(state, passed, now)
          const next = nextDueAt(dueStateOf(state), rules)
          expect(next === null || next > now).toBe(true)
        }
      }),
    )
  })

  it('comes to the same in one step as in many, but for reminders that were missed', () => {
    fc.assert(
      fc.property(anyLife, anySteps, (life, steps) => {
        const told: string[] = []
        let state = life
        for (const now of steps.map(inHours)) {
          const passed = passTime(state, rules, stampAt(now))
          told.push(...passed.happenings.map(({ name, at }) => `${at.toISOString()} ${name}`))
          state = lived(state, passed, now)
        }
        const end = inHours(steps.at(-1) ?? 0)
        const late = passTime(life, rules, stampAt(end))
        const lately = lived(life, late, end)
        const withoutIds = ({ ledger, subscription, account }: LivingAccount) => ({
          balance: ledger.balance,
          lots: ledger.lots
            .filter(({ remaining }) => remaining > 0)
            .map(({ type, remaining, expiresAt }) => [type, remaining, expiresAt])
            .sort(),
          subscription: { ...subscription, updatedAt: null },
          account,
        })
        expect(withoutIds(lately)).toEqual(withoutIds(state))
        const withoutReminders = (all: string[]) => all.filter((one) => !one.endsWith('trial.ending')).sort()
        expect(withoutReminders(late.happenings.map(({ name, at }) => `${at.toISOString()} ${name}`))).toEqual(withoutReminders(told))
      }),
    )
  })

  it('never changes whether the gate lets the account act: it needs no job', () => {
    fc.assert(
      fc.property(anyLife, anySteps, (life, steps) => {
        const now = inHours(steps.at(-1) ?? 0)
        const later = lived(life, passTime(life, rules, stampAt(now)), now)
        const answer = ({ account, subscription }: LivingAccount) => decideAccess({ account, subscription }, now, rules).ok
        expect(answer(later)).toBe(answer(life))
      }),
    )
  })
})

describe('the table of life and the passing of time', () => {
  test.each<[Account['status'], Subscription['status'], boolean, LifeEvent, number]>([
    ['trial', 'trialing', false, 'trial_expired', 0],
    ['suspended', 'trialing', false, 'trial_expired', 0],
    ['active', 'active', false, 'period_ended', 0],
    ['active', 'active', true, 'period_ended', 0],
    ['suspended', 'active', false, 'period_ended', 0],
    ['suspended', 'active', true, 'period_ended', 0],
    ['pending_payment', 'pending_payment', false, 'payment_overdue', 0],
    ['suspended', 'pending_payment', false, 'payment_overdue', 0],
    ['active', 'past_due', false, 'grace_over', 7],
    ['pending_payment', 'past_due', false, 'grace_over', 7],
    ['suspended', 'past_due', false, 'grace_over', 7],
  ])('agree on %s with %s (to end: %s) at %s', (account, subscription, cancelAtPeriodEnd, event, daysAfterEnd) => {
    const now = addDays(paid.currentPeriodEnd, daysAfterEnd)
    const before = living({ ...paid, status: subscription, cancelAtPeriodEnd }, {}, account)
    const passed = passTime(before, rules, stampAt(now))
    const after = { account: passed.isSuspended ? 'suspended' : account, subscription: passed.subscription?.status }
    expect(after).toEqual(nextLife(lifeOf(before, now), event))
  })
})
