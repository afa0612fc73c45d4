import { describe, expect, test } from 'vitest'
import type { Grant, Ledger } from '../../src/domain/ledger.js'
import { endReservation, reserve } from '../../src/domain/reserve.js'
import { lapsePlanCredits, settlesAt } from '../../src/domain/settlement.js'
import { at, held, ledgerOf, moves, openOf, passed, released, reserved, settled, stamp, work } from '../support/reserved-ledger.js'

describe('a reservation that outlives its lot', () => {
  const outlived = () => reserved(ledgerOf({ amount: 10, expiresAt: at(50) }, { amount: 20 }), 15)

  test('is paid for with what it has set aside, and the rest of that lapses when it comes back', () => {
    const after = settled(outlived(), 4, 60)
    expect(moves(after, 3)).toEqual([
      ['release', 15, 30],
      ['usage', -4, 26],
      ['expiration', -6, 20],
    ])
    expect(held(after)).toEqual([
      [0, 0],
      [20, 0],
    ])
    const [lot] = after.lots
    const [reservation] = after.reservations
    expect(after.entries.at(-1)).toMatchObject({
      idempotencyKey: `tenantry:lapse:${lot?.id}:${reservation?.id}`,
      metadata: { lotId: lot?.id, reservationId: reservation?.id, expiredAt: at(50).toISOString() },
    })
    expect(reservation?.balanceAtClose).toBe(20)
  })

  test('gives credits back until the instant before the lot expires', () => {
    expect(released(outlived(), 49).balance).toBe(30)
    expect(released(outlived(), 50).balance).toBe(20)
  })

  test('leaves the lot that it has emptied until then without an expiration', () => {
    const after = passed(outlived(), 60)
    expect(moves(after, 3)).toEqual([])
    expect(held(after)).toEqual([
      [0, 10],
      [15, 5],
    ])
  })

  test('lapses for each lot by an entry of its own', () => {
    const both = reserved(ledgerOf({ amount: 10, expiresAt: at(50) }, { amount: 5, expiresAt: at(40) }), 15)
    const after = released(both, 60)
    expect(moves(after, 3)).toEqual([
      ['release', 15, 15],
      ['expiration', -5, 10],
      ['expiration', -10, 0],
    ])
    expect(new Set(after.entries.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(after.entries.length)
  })
})

describe('a reservation that expires', () => {
  test('gives all of it back at that instant, and not before', () => {
    const before = reserved(ledgerOf({ amount: 20 }), 15)
    expect(passed(before, 99)).toEqual(before)
    const after = passed(before, 100)
    expect(moves(after, 2)).toEqual([['release', 15, 20]])
    expect(after.reservations).toMatchObject([{ status: 'expired', actual: null, closedAt: at(100), balanceAtClose: 20 }])
  })

  test('ends when it expired, however late it is looked at', () => {
    const after = passed(reserved(ledgerOf({ amount: 20 }), 15), 5000)
    expect(after.reservations).toMatchObject([{ status: 'expired', closedAt: at(100) }])
    expect(after.entries.at(-1)).toMatchObject({ type: 'release', createdAt: at(5000) })
  })

  test('at the instant at which its lot expires gives back what lapses at once', () => {
    const after = passed(reserved(ledgerOf({ amount: 20, expiresAt: at(100) }, { amount: 1 }), 15), 100)
    expect(moves(after, 3)).toEqual([
      ['release', 15, 21],
      ['expiration', -15, 6],
      ['expiration', -5, 1],
    ])
    expect(after.lots.map(({ remaining, reserved }) => remaining + reserved)).toEqual([0, 1])
  })

  test('before its lot gives back what can still be used', () => {
    const after = passed(reserved(ledgerOf({ amount: 20, expiresAt: at(101) }), 15), 100)
    expect([after.balance, held(after)]).toEqual([20, [[20, 0]]])
  })

  test('is one of several in the order of their expiry, and then of their ids', () => {
    const three = [at(90), at(80), at(80)].reduce(
      (ledger, expiresAt, index) => {
        return reserve(ledger, { ...work, amount: 1 + index, idempotencyKey: `work-${index}`, expiresAt }, stamp(1))
      },
      ledgerOf({ amount: 20 }),
    )
    expect(moves(passed(three, 95), 4).map(([, amount]) => amount)).toEqual([2, 3, 1])
  })

  test('is what a spend has to look out for', () => {
    const ledger = reserved(ledgerOf({ amount: 20, expiresAt: at(400) }), 15)
    expect(settlesAt(ledger, null)).toEqual(at(100))
    expect(settlesAt(released(ledger), null)).toEqual(at(400))
    expect(settlesAt(reserved(ledgerOf({ amount: 20, expiresAt: at(50) }), 20), null)).toEqual(at(100))
  })
})

describe('credits that roll over under a cap', () => {
  const capped = (amount: number, rolloverCap: number): Partial<Grant> => ({ type: 'subscription', amount, rolloverCap, expiresAt: at(50) })
  const afterwards = (ledger: Ledger) => [ledger.balance, ...held(ledger)]

  test.each([
    ['all that is set aside comes back under the cap', 10, 8, 20, [10, [10, 0]]],
    ['what is left and what comes back are kept together up to the cap', 20, 8, 15, [15, [15, 0]]],
    ['what is left fills the cap, and nothing of what comes back is kept', 20, 5, 10, [10, [10, 0]]],
    ['with a cap of nothing nothing is kept', 20, 5, 0, [0, [0, 0]]],
    ['a lot of which all is set aside keeps it up to the cap', 20, 20, 6, [6, [6, 0]]],
  ])('%s', (_, granted, amount, cap, expected) => {
    const after = released(reserved(ledgerOf(capped(granted, cap)), amount), 60)
    expect(afterwards(after)).toEqual(expected)
    expect(after.entries.reduce((sum, entry) => sum + entry.amount, 0)).toBe(after.balance)
    expect(after.lots.every(({ remaining, expiresAt }) => remaining === 0 || expiresAt === null)).toBe(true)
  })

  test('come back whole when they were set aside after they rolled over', () => {
    const rolledOver = passed(ledgerOf(capped(20, 10)), 50)
    const aside = reserve(rolledOver, { ...work, amount: 10 }, stamp(60))
    expect(afterwards(released(aside, 70))).toEqual([10, [10, 0]])
  })

  test('come back up to the cap of all lots together', () => {
    const rolledOver = reserved(ledgerOf(capped(20, 10), { ...capped(20, 10), priority: 1 }), 30)
    expect(afterwards(passed(rolledOver, 60))).toEqual([10, [0, 20], [10, 10]])
    expect(afterwards(released(rolledOver, 60))).toEqual([10, [0, 0], [10, 0]])
  })

  test('are kept by a reservation that expires with their lot', () => {
    const after = passed(reserved(ledgerOf({ ...capped(20, 15), expiresAt: at(100) }), 18), 100)
    expect(afterwards(after)).toEqual([15, [15, 0]])
    expect(after.lots).toMatchObject([{ expiresAt: null }])
  })
})

describe('lapsePlanCredits with reservations', () => {
  test('ends what is set aside of plan credits when it comes back, and leaves the rest', () => {
    const ledger = ledgerOf({ type: 'subscription', amount: 10, expiresAt: at(900) }, { type: 'purchase', amount: 20 })
    const lapsed = lapsePlanCredits(reserved(ledger, 25), stamp(20))
    expect([lapsed.balance, held(lapsed), moves(lapsed, 3)]).toEqual([
      5,
      [
        [0, 10],
        [5, 15],
      ],
      [],
    ])
    expect(settled(lapsed, 4, 30).balance).toBe(20)
    expect(released(lapsed, 30).balance).toBe(20)
  })

  test('keeps what the cap allows of what comes back', () => {
    const ledger = reserved(ledgerOf({ type: 'subscription', amount: 10, expiresAt: at(900), rolloverCap: 6 }), 7)
    const lapsed = lapsePlanCredits(ledger, stamp(20))
    expect([lapsed.balance, released(lapsed, 30).balance]).toEqual([3, 6])
  })

  test('leaves a lot whose time has passed as it is', () => {
    const ledger = passed(reserved(ledgerOf({ type: 'subscription', amount: 10, expiresAt: at(10) }), 10), 20)
    expect(lapsePlanCredits(ledger, stamp(30)).lots).toEqual(ledger.lots)
  })
})

describe('clocks that differ', () => {
  test('let credits come back to a lot that another server has ended, which then ends once more', () => {
    const swept = passed(reserved(ledgerOf({ amount: 10, expiresAt: at(50) }), 4), 50)
    const back = endReservation(swept, openOf(swept), { status: 'released', actual: 0, at: at(49) }, stamp(49))
    const after = passed(back, 51)
    expect(moves(after, 2)).toEqual([
      ['expiration', -6, 0],
      ['release', 4, 4],
      ['expiration', -4, 0],
    ])
    expect(new Set(after.entries.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(after.entries.length)
  })
})
