import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, addMonths } from '../../src/domain/calendar.js'
import type { CreditEntry, CreditLot } from '../../src/domain/credit.js'
import { compareBurnOrder, emptyLedger, grant, type Ledger, takeAway } from '../../src/domain/ledger.js'
import type { CreditSchedule } from '../../src/domain/plan-credits.js'
import { type Settlement, settle, settlesAt } from '../../src/domain/settlement.js'
import { samples } from '../../src/testing/samples.js'
import { sequentialIds } from '../../src/testing/sequential-ids.js'

const start = new Date('2026-01-31T10:20:30.123Z')

const grants = fc.array(
  fc.record({
    type: fc.constantFrom('subscription' as const, 'purchase' as const, 'promotion' as const),
    amount: fc.integer({ min: 1, max: 1000 }),
    priority: fc.integer({ min: -1, max: 1 }),
    expiresAt: fc.option(fc.integer({ min: 1, max: 300 }).map((days) => addDays(start, days))),
    rolloverCap: fc.option(fc.integer({ min: 0, max: 1500 })),
  }),
  { maxLength: 6 },
)

/** Part of a balance. */
const share = fc.double({ min: 0, max: 1, noNaN: true })

const rollover = fc.oneof(
  fc.constant('none' as const),
  fc.constant('all' as const),
  fc.integer({ min: 0, max: 1500 }).map((cap) => ({ cap })),
)

const schedules = fc.option(
  fc.record({ includedCredits: fc.integer({ min: 0, max: 1000 }), creditRollover: rollover, months: fc.integer({ min: 1, max: 12 }) }).map(
    ({ months, ...plan }): CreditSchedule => ({
      plan: samples.plan(plan),
      subscription: samples.subscription({
        billingAnchor: start,
        currentPeriodEnd: addMonths(start, months),
        nextCreditsAt: addMonths(start, 1),
      }),
    }),
  ),
)

interface World {
  readonly ledger: Ledger
  readonly schedule: CreditSchedule | null
}

/** A ledger as it may be on its first day: some lots, and part of the balance spent. */
const worlds: fc.Arbitrary<World> = fc.record({ grants, schedule: schedules, part: share }).map((given) => {
  const newId = sequentialIds('lot-')
  const full = given.grants.reduce<Ledger>(
    (ledger, content, index) => grant(ledger, samples.grant({ ...content, idempotencyKey: `grant-${index}` }), { now: start, newId }),
    emptyLedger('account-1'),
  )
  return { ledger: spent(full, Math.floor(full.balance * given.part)), schedule: given.schedule }
})

/** What a store does when credits are spent. */
function spent(ledger: Ledger, amount: number): Ledger {
  if (amount === 0) return ledger
  const { fingerprint: _, ...content } = samples.spend({ id: `spend-${ledger.sequence}`, createdAt: start })
  const balance = ledger.balance - amount
  const sequence = ledger.sequence + 1
  const entry: CreditEntry = {
    ...content,
    sequence,
    type: 'usage',
    amount: -amount,
    balanceAfter: balance,
    refundsEntryId: null,
    actor: null,
  }
  return { ...ledger, balance, sequence, unsettledSpend: ledger.unsettledSpend + amount, entries: [...ledger.entries, entry] }
}

const moments = fc
  .array(fc.integer({ min: 0, max: 500 * 24 }), { minLength: 1, maxLength: 5 })
  .map((hours) => hours.sort((a, b) => a - b).map((hour) => new Date(start.getTime() + hour * 3_600_000)))

/** Settles a world at each of the moments in turn. */
function settleAt({ ledger, schedule }: World, times: readonly Date[]): Settlement {
  const newId = sequentialIds('later-')
  return times.reduce<Settlement>(
    (settled, now) =>
      settle(settled.ledger, schedule && settled.subscription && { ...schedule, subscription: settled.subscription }, { now, newId }),
    { ledger, subscription: schedule?.subscription ?? null },
  )
}

/** All but the moment of writing, which is that of the settlement. */
const undated = ({ ledger, subscription }: Settlement) => ({
  ledger: {
    ...ledger,
    lots: [...ledger.lots].sort(compareBurnOrder).map(({ createdAt: _, ...lot }: CreditLot) => lot),
    entries: ledger.entries.map(({ createdAt: _, ...entry }) => entry),
  },
  subscription,
})

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

function expectSoundBooks({ balance, sequence, unsettledSpend, lots, entries }: Ledger): void {
  expect(balance).toBe(sumOf(lots.map(({ remaining }) => remaining)) - unsettledSpend)
  expect(balance).toBe(sumOf(entries.map(({ amount }) => amount)))
  expect(balance).toBeGreaterThanOrEqual(0)
  expect(entries.map((entry) => entry.sequence)).toEqual(entries.map((_, index) => index + 1))
  expect(sequence).toBe(entries.length)
  for (const [index, entry] of entries.entries()) {
    expect(entry.balanceAfter).toBe((entries[index - 1]?.balanceAfter ?? 0) + entry.amount)
  }
  for (const lot of lots) expect(lot.remaining >= 0 && lot.remaining <= lot.granted).toBe(true)
  expect(new Set(entries.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(entries.length)
}

describe('settling', () => {
  test('a second time at the same moment changes nothing', () => {
    fc.assert(
      fc.property(worlds, moments, (world, times) => {
        const once = settleAt(world, times)
        expect(settleAt(world, [...times, ...times.slice(-1)])).toEqual(once)
      }),
    )
  })

  test('in several steps gives the same lots, balance and entries as in one', () => {
    fc.assert(
      fc.property(worlds, moments, (world, times) => {
        expect(undated(settleAt(world, times))).toEqual(undated(settleAt(world, times.slice(-1))))
      }),
      { numRuns: 500 },
    )
  })

  test('before a spend or after it comes to the same, as long as no time has to be settled', () => {
    fc.assert(
      fc.property(worlds, moments, share, (world, times, part) => {
        const amount = Math.floor(world.ledger.balance * part)
        const early = settleAt(world, [start])
        const eager = settleAt({ ...world, ledger: spent(early.ledger, amount) }, times)
        const lazy = settleAt({ ...world, ledger: spent(world.ledger, amount) }, times)
        expect(undated(eager)).toEqual(undated(lazy))
      }),
    )
  })

  test('in several steps or in one, later credits are taken from the same lots', () => {
    fc.assert(
      fc.property(worlds, moments, share, (world, times, part) => {
        const taken = (settled: Settlement): Settlement => {
          const amount = Math.floor(settled.ledger.balance * part)
          const content = { type: 'adjustment', idempotencyKey: 'taken', description: 'Taken' } as const
          return { ...settled, ledger: takeAway(settled.ledger, amount, content, { now: start, newId: () => 'taken' }) }
        }
        expect(undated(taken(settleAt(world, times)))).toEqual(undated(taken(settleAt(world, times.slice(-1)))))
      }),
    )
  })

  test('keeps the books: sums, numbers, chain and keys', () => {
    fc.assert(
      fc.property(worlds, moments, (world, times) => {
        expectSoundBooks(world.ledger)
        expectSoundBooks(settleAt(world, times).ledger)
      }),
    )
  })

  test('leaves no open lot whose expiry has come, and nothing to do before settlesAt', () => {
    fc.assert(
      fc.property(worlds, moments, (world, times) => {
        const settled = settleAt(world, times)
        const now = times.at(-1) ?? start
        const open = settled.ledger.lots.filter(({ remaining }) => remaining > 0)
        expect(open.every(({ expiresAt }) => expiresAt === null || expiresAt > now)).toBe(true)
        const next = settlesAt(settled.ledger, settled.subscription)
        fc.pre(next !== null)
        expect(next > now).toBe(true)
        const justBefore = new Date(next.getTime() - 1)
        expect(
          settleAt({ ledger: settled.ledger, schedule: world.schedule && settledSchedule(world.schedule, settled) }, [justBefore]),
        ).toEqual(settled)
      }),
    )
  })

  test('takes spends in burn order: a lot is touched only when all before it are used up', () => {
    fc.assert(
      fc.property(worlds, ({ ledger }) => {
        const lots = [...settle(ledger, null, { now: start, newId: () => 'none' }).ledger.lots].sort(compareBurnOrder)
        const firstLeft = lots.findIndex(({ remaining }) => remaining > 0)
        const untouched = firstLeft < 0 ? [] : lots.slice(firstLeft + 1)
        expect(untouched.every(({ remaining, granted }) => remaining === granted)).toBe(true)
        expect(sumOf(lots.map(({ granted, remaining }) => granted - remaining))).toBe(ledger.unsettledSpend)
      }),
    )
  })

  test('keeps no more rolled-over plan credits than the cap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1500 }), fc.integer({ min: 1, max: 1000 }), moments, (cap, includedCredits, times) => {
        const subscription = samples.subscription({ billingAnchor: start, currentPeriodEnd: addMonths(start, 12), nextCreditsAt: start })
        const schedule = { plan: samples.plan({ includedCredits, creditRollover: { cap } }), subscription }
        const { lots } = settleAt({ ledger: emptyLedger('account-1'), schedule }, times).ledger
        expect(sumOf(lots.filter(({ expiresAt }) => expiresAt === null).map(({ remaining }) => remaining))).toBeLessThanOrEqual(cap)
      }),
    )
  })
})

const settledSchedule = (schedule: CreditSchedule, { subscription }: Settlement): CreditSchedule => ({
  ...schedule,
  subscription: subscription ?? schedule.subscription,
})
