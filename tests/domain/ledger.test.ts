import { describe, expect, test } from 'vitest'
import { addMonths } from '../../src/domain/calendar.js'
import type { CreditLot } from '../../src/domain/credit.js'
import { compareBurnOrder, emptyLedger, type Grant, grant, type Ledger, type Stamp, takeAway } from '../../src/domain/ledger.js'
import type { CreditRollover } from '../../src/domain/plan.js'
import { type CreditSchedule, creditsAfter, grantPlanCredits, nextMonthBoundary } from '../../src/domain/plan-credits.js'
import { lapsePlanCredits, settle, settlesAt } from '../../src/domain/settlement.js'
import { samples } from '../../src/testing/samples.js'
import { sequentialIds } from '../../src/testing/sequential-ids.js'

const start = new Date('2026-01-31T10:20:30.123Z')
const at = (milliseconds: number): Date => new Date(start.getTime() + milliseconds)
const newId = sequentialIds()
const stamp = (now: Date = start): Stamp => ({ now, newId })

const ledgerOf = (...grants: readonly Partial<Grant>[]): Ledger =>
  grants.reduce<Ledger>((ledger, content) => grant(ledger, samples.grant(content), stamp()), emptyLedger('account-1'))

/** What a store does when credits are spent. */
const spent = (ledger: Ledger, amount: number): Ledger => ({
  ...ledger,
  balance: ledger.balance - amount,
  sequence: ledger.sequence + 1,
  unsettledSpend: ledger.unsettledSpend + amount,
})

const left = (ledger: Ledger): number[] => ledger.lots.map(({ remaining }) => remaining)
const taking = { type: 'adjustment', idempotencyKey: 'taken', description: 'Taken' } as const

/** A year that is paid for, from 31 January on. */
const schedule = (creditRollover: CreditRollover, months = 12): CreditSchedule => ({
  plan: samples.plan({ includedCredits: 1000, creditRollover }),
  subscription: samples.subscription({
    currentPeriodStart: start,
    currentPeriodEnd: addMonths(start, months),
    billingAnchor: start,
    nextCreditsAt: start,
  }),
})

/** What is left and what was written when `used` of each month's credits are spent before the next ones arrive. */
function throughMonths(terms: CreditSchedule, months: number, used: number): { ledger: Ledger; amounts: number[] } {
  let { ledger, subscription } = settle(emptyLedger('account-1'), terms, stamp(start))
  for (let month = 1; month <= months && subscription !== null; month++) {
    ;({ ledger, subscription } = settle(spent(ledger, used), { ...terms, subscription }, stamp(addMonths(start, month))))
  }
  return { ledger, amounts: ledger.entries.map(({ amount }) => amount) }
}

describe('the burn order', () => {
  const lots: Record<string, CreditLot> = {
    first: samples.lot({ id: 'g', priority: -1 }),
    soon: samples.lot({ id: 'f', expiresAt: at(10) }),
    later: samples.lot({ id: 'e', expiresAt: at(20) }),
    oldest: samples.lot({ id: 'd', createdAt: at(-2) }),
    older: samples.lot({ id: 'b', createdAt: at(-1) }),
    sameAge: samples.lot({ id: 'c', createdAt: at(-1) }),
    last: samples.lot({ id: 'a', priority: 1, expiresAt: at(1) }),
  }

  test('is priority, then earliest expiry with none last, then oldest, then id', () => {
    expect(Object.values(lots).reverse().sort(compareBurnOrder)).toEqual(Object.values(lots))
  })

  test('is the order in which credits are taken', () => {
    const ledger = ledgerOf({ amount: 10, priority: 1, expiresAt: at(1) }, { amount: 10 }, { amount: 10, expiresAt: at(5) })
    const after = takeAway(ledger, 15, taking, stamp())
    expect(after.lots.map(({ priority, expiresAt, remaining }) => [priority, expiresAt, remaining])).toEqual([
      [0, at(5), 0],
      [0, null, 5],
      [1, at(1), 10],
    ])
  })
})

describe('grant', () => {
  test('adds a lot and its entry under one id', () => {
    const ledger = ledgerOf({ amount: 250, priority: 3, expiresAt: at(9), rolloverCap: 7, metadata: { why: 'gift' } })
    const [lot] = ledger.lots
    const [entry] = ledger.entries
    expect(lot).toMatchObject({ granted: 250, remaining: 250, priority: 3, expiresAt: at(9), rolloverCap: 7, createdAt: start })
    expect(entry).toMatchObject({ id: lot?.id, sequence: 1, amount: 250, balanceAfter: 250, metadata: { why: 'gift' }, createdAt: start })
    expect(ledger).toMatchObject({ balance: 250, sequence: 1, unsettledSpend: 0 })
  })

  test('is a bug before the ledger is settled', () => {
    expect(() => grant(spent(ledgerOf({}), 1), samples.grant(), stamp())).toThrow('settled')
  })

  test('is a bug when no safe integer holds the balance', () => {
    const full = ledgerOf({ amount: Number.MAX_SAFE_INTEGER })
    expect(() => grant(full, samples.grant({ amount: 1 }), stamp())).toThrow('balance')
  })
})

describe('takeAway', () => {
  test('writes what it takes', () => {
    const ledger = takeAway(ledgerOf({ amount: 100 }), 30, { ...taking, actor: { type: 'admin', id: 'user-7' } }, stamp(at(5)))
    const entry = {
      type: 'adjustment',
      sequence: 2,
      amount: -30,
      balanceAfter: 70,
      actor: { type: 'admin', id: 'user-7' },
      createdAt: at(5),
    }
    expect(ledger.entries[1]).toMatchObject(entry)
    expect(left(ledger)).toEqual([70])
  })

  test('is a bug when the lots or the balance do not cover it', () => {
    const ledger = ledgerOf({ amount: 100 })
    expect(() => takeAway(ledger, 101, taking, stamp())).toThrow('1 spent credits belong to no lot')
    expect(() => takeAway({ ...ledger, balance: 50 }, 51, taking, stamp())).toThrow('balance of account-1 would be -1')
  })
})

describe('settle', () => {
  test('takes what was spent from the lots that were open then', () => {
    const ledger = spent(ledgerOf({ amount: 10, expiresAt: at(10) }, { amount: 20 }), 15)
    const settled = settle(ledger, null, stamp(at(5))).ledger
    expect(settled).toMatchObject({ balance: 15, unsettledSpend: 0 })
    expect(left(settled)).toEqual([0, 15])
  })

  test('ends a lot at its expiry, and what is left of it goes with an entry of its own', () => {
    const ledger = spent(ledgerOf({ amount: 10, expiresAt: at(10) }, { amount: 20 }), 4)
    expect(settle(ledger, null, stamp(at(9))).ledger.balance).toBe(26)
    const settled = settle(ledger, null, stamp(at(10))).ledger
    const [lot] = ledger.lots
    const metadata = { lotId: lot?.id, expiredAt: at(10).toISOString() }
    expect(settled.entries.at(-1)).toMatchObject({ type: 'expiration', amount: -6, balanceAfter: 20, sequence: 4, metadata })
    expect(left(settled)).toEqual([0, 20])
  })

  test('writes nothing for a lot that was used up', () => {
    const ledger = spent(ledgerOf({ amount: 10, expiresAt: at(10) }), 10)
    expect(settle(ledger, null, stamp(at(10))).ledger.entries).toHaveLength(1)
  })

  test('writes nothing for a lot that outlives its expiry whole, and lets it go on without one', () => {
    const settled = settle(ledgerOf({ amount: 10, expiresAt: at(10), rolloverCap: 10 }), null, stamp(at(10))).ledger
    expect(settled.entries).toHaveLength(1)
    expect(settled.lots).toMatchObject([{ remaining: 10, expiresAt: null }])
  })

  test('grants the months from a 31st on, each once and each at its boundary', () => {
    const { ledger } = throughMonths(schedule('none'), 5, 0)
    const granted = ledger.entries.filter(({ type }) => type === 'subscription')
    const days = granted.map(({ metadata }) => String(metadata['from']).slice(0, 10))
    expect(days).toEqual(['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31', '2026-06-30'])
    expect(ledger.lots.at(-1)?.expiresAt).toEqual(new Date('2026-07-31T10:20:30.123Z'))
    expect(new Set(granted.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(6)
  })

  test('grants as many months as are paid for, and then waits', () => {
    const { ledger, subscription } = settle(emptyLedger('account-1'), schedule('all', 3), stamp(addMonths(start, 24)))
    expect(subscription?.nextCreditsAt).toBeNull()
    expect(left(ledger)).toEqual([1000, 1000, 1000])
  })

  test('lets unused plan credits lapse with their month', () => {
    const { ledger, amounts } = throughMonths(schedule('none'), 2, 300)
    expect(amounts).toEqual([1000, -700, 1000, -700, 1000])
    expect(ledger.balance).toBe(1000)
  })

  test('keeps all unused plan credits where the plan says so', () => {
    const { ledger, amounts } = throughMonths(schedule('all'), 3, 300)
    expect(amounts).toEqual([1000, 1000, 1000, 1000])
    expect(ledger.balance).toBe(4000 - 900)
    expect(ledger.lots.every(({ expiresAt }) => expiresAt === null)).toBe(true)
  })

  test('keeps unused plan credits up to the cap, those of all earlier months together', () => {
    expect(throughMonths(schedule({ cap: 500 }), 1, 300).amounts).toEqual([1000, -200, 1000])
    const { ledger, amounts } = throughMonths(schedule({ cap: 500 }), 3, 100)
    expect(amounts).toEqual([1000, -400, 1000, -900, 1000, -900, 1000])
    expect(ledger.balance).toBe(1500)
  })

  test('keeps less than the cap where less is left', () => {
    expect(throughMonths(schedule({ cap: 500 }), 1, 900).ledger.balance).toBe(1100)
    expect(throughMonths(schedule({ cap: 0 }), 1, 900).ledger.balance).toBe(1000)
  })

  test('has nothing to do without time or spends', () => {
    const ledger = ledgerOf({ amount: 10, expiresAt: at(10) })
    expect(settle(ledger, null, stamp(at(9)))).toEqual({ ledger, subscription: null })
  })
})

describe('lapsePlanCredits', () => {
  test('ends plan credits now, and leaves what was bought or given', () => {
    const ledger = ledgerOf(
      { type: 'subscription', amount: 1000, expiresAt: at(1000) },
      { type: 'subscription', amount: 100, rolloverCap: 30, expiresAt: at(2000), idempotencyKey: 'capped' },
      { type: 'subscription', amount: 10, idempotencyKey: 'rolled over' },
      { type: 'purchase', amount: 7, expiresAt: at(1000) },
      { type: 'promotion', amount: 5 },
    )
    const after = lapsePlanCredits(ledger, stamp(at(5)))
    expect(left(after)).toEqual([0, 30, 10, 7, 5])
    expect(after.entries.slice(5).map(({ type, amount }) => [type, amount])).toEqual([
      ['expiration', -1000],
      ['expiration', -70],
    ])
    expect(after.balance).toBe(52)
  })

  test('leaves a lot that is used up as it was', () => {
    const used = takeAway(ledgerOf({ type: 'subscription', amount: 10, expiresAt: at(1000) }), 10, taking, stamp())
    expect(lapsePlanCredits(used, stamp(at(5)))).toEqual(used)
  })
})

describe('grantPlanCredits', () => {
  test('lasts until the end that it is given, and keeps the cap of the plan', () => {
    const time = { start, end: at(9) }
    const lotOf = (rollover: CreditRollover) => grantPlanCredits(emptyLedger('account-1'), schedule(rollover), time, stamp()).lots[0]
    expect(lotOf('none')).toMatchObject({ type: 'subscription', granted: 1000, expiresAt: at(9), rolloverCap: null })
    expect(lotOf('all')).toMatchObject({ expiresAt: null, rolloverCap: null })
    expect(lotOf({ cap: 7 })).toMatchObject({ expiresAt: at(9), rolloverCap: 7 })
  })

  test('has another key for a trial than for the paid time that begins at the same instant', () => {
    const { plan, subscription } = schedule('none')
    const time = { start, end: at(9) }
    const trial = { plan, subscription: { ...subscription, status: 'trialing' as const } }
    const ledger = grantPlanCredits(grantPlanCredits(emptyLedger('account-1'), trial, time, stamp()), { plan, subscription }, time, stamp())
    expect(new Set(ledger.entries.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2)
  })

  test('grants nothing where the plan includes nothing', () => {
    const terms = schedule('none')
    const free = { ...terms, plan: { ...terms.plan, includedCredits: 0 } }
    const ledger = emptyLedger('account-1')
    expect(grantPlanCredits(ledger, free, { start, end: at(9) }, stamp())).toEqual(ledger)
  })
})

describe('the dates of a ledger', () => {
  test('settlesAt is the earliest expiry of an open lot, or the next credits', () => {
    const ledger = ledgerOf({ amount: 10, expiresAt: at(30) }, { amount: 10, expiresAt: at(20) }, { amount: 10 })
    const subscription = samples.subscription({ nextCreditsAt: at(25) })
    expect(settlesAt(ledger, null)).toEqual(at(20))
    expect(settlesAt(ledger, subscription)).toEqual(at(20))
    expect(settlesAt(takeAway(ledger, 10, taking, stamp()), subscription)).toEqual(at(25))
    expect(settlesAt(takeAway(ledger, 10, taking, stamp()), null)).toEqual(at(30))
    expect(settlesAt(takeAway(ledger, 20, taking, stamp()), null)).toBeNull()
    expect(settlesAt(emptyLedger('account-1'), samples.subscription({ nextCreditsAt: null }))).toBeNull()
  })

  test('creditsAfter is the next month boundary within the paid time', () => {
    const { subscription } = schedule('none', 3)
    expect(creditsAfter(subscription, start)).toEqual(new Date('2026-02-28T10:20:30.123Z'))
    expect(creditsAfter(subscription, addMonths(start, 1))).toEqual(new Date('2026-03-31T10:20:30.123Z'))
    expect(creditsAfter(subscription, addMonths(start, 2))).toBeNull()
  })

  test('nextMonthBoundary is counted from the anchor and lies after the moment', () => {
    expect(nextMonthBoundary(start, start)).toEqual(new Date('2026-02-28T10:20:30.123Z'))
    expect(nextMonthBoundary(start, new Date('2026-02-28T10:20:30.122Z'))).toEqual(new Date('2026-02-28T10:20:30.123Z'))
    expect(nextMonthBoundary(start, new Date('2026-02-28T10:20:30.123Z'))).toEqual(new Date('2026-03-31T10:20:30.123Z'))
  })
})
