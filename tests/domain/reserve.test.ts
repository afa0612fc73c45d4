import { describe, expect, test } from 'vitest'
import { emptyLedger, roomFor, takeAway } from '../../src/domain/ledger.js'
import { grantPlanCredits } from '../../src/domain/plan-credits.js'
import { usedParts } from '../../src/domain/reservation.js'
import { endReservation, reservationOf } from '../../src/domain/reserve.js'
import { samples } from '../../src/testing/samples.js'
import { at, held, ledgerOf, moves, openOf, passed, released, reserved, settled, stamp, start } from '../support/reserved-ledger.js'

describe('reserve', () => {
  test('sets credits aside in burn order, and writes one entry under the id of the reservation', () => {
    const ledger = reserved(ledgerOf({ amount: 50 }, { amount: 20, expiresAt: at(500) }), 30, {
      userId: 'u',
      apiKeyId: 'k',
      metadata: { a: 1 },
    })
    expect(held(ledger)).toEqual([
      [0, 20],
      [40, 10],
    ])
    const reservation = openOf(ledger)
    expect(reservation).toMatchObject({
      amount: 30,
      operation: 'video.render',
      userId: 'u',
      apiKeyId: 'k',
      metadata: { a: 1 },
      createdAt: at(1),
    })
    expect(reservation).toMatchObject({ status: 'open', actual: null, closedAt: null, balanceAtClose: null, expiresAt: at(100) })
    expect(reservation.parts).toEqual(ledger.lots.map(({ id }, index) => ({ lotId: id, amount: index === 0 ? 20 : 10 })))
    expect(ledger.entries.at(-1)).toMatchObject({ id: reservation.id, type: 'reservation', amount: -30, balanceAfter: 40, userId: 'u' })
    expect(ledger.balance).toBe(40)
  })

  test('takes no part of a lot that it does not need', () => {
    const ledger = reserved(ledgerOf({ amount: 10, expiresAt: at(500) }, { amount: 10 }), 10)
    expect(openOf(ledger).parts).toHaveLength(1)
    expect(held(ledger)).toEqual([
      [0, 10],
      [10, 0],
    ])
  })

  test('is a bug before the ledger is settled, and when the lots do not cover it', () => {
    const ledger = ledgerOf({ amount: 10 })
    expect(() => reserved({ ...ledger, unsettledSpend: 1 }, 5)).toThrow('settled')
    expect(() => reserved(ledger, 11)).toThrow('belong to no lot')
  })
})

describe('endReservation', () => {
  const tenAndTwenty = () => ledgerOf({ amount: 10, expiresAt: at(500) }, { amount: 20 })

  const ends: [name: string, actual: number | null, held: number[][], moves: unknown[][]][] = [
    [
      'at its amount uses all of it',
      25,
      [
        [0, 0],
        [5, 0],
      ],
      [
        ['release', 25, 30],
        ['usage', -25, 5],
      ],
    ],
    [
      'below its amount uses the first lots first, and returns the rest to its lots',
      12,
      [
        [0, 0],
        [18, 0],
      ],
      [
        ['release', 25, 30],
        ['usage', -12, 18],
      ],
    ],
    [
      'below its first part leaves some of that too',
      4,
      [
        [6, 0],
        [20, 0],
      ],
      [
        ['release', 25, 30],
        ['usage', -4, 26],
      ],
    ],
    [
      'at nothing writes no use',
      0,
      [
        [10, 0],
        [20, 0],
      ],
      [['release', 25, 30]],
    ],
    [
      'by release writes no use',
      null,
      [
        [10, 0],
        [20, 0],
      ],
      [['release', 25, 30]],
    ],
  ]
  test.each(ends)('%s', (_, actual, lots, entries) => {
    const before = reserved(tenAndTwenty(), 25)
    const after = actual === null ? released(before) : settled(before, actual)
    expect(held(after)).toEqual(lots)
    expect(moves(after, 3)).toEqual(entries)
    const status = actual === null ? 'released' : 'settled'
    expect(after.reservations).toEqual([{ ...openOf(before), status, actual, closedAt: at(2), balanceAtClose: 30 - (actual ?? 0) }])
    expect(after.balance).toBe(30 - (actual ?? 0))
  })

  test('names operation, person and key in what it writes, and under a key of its own', () => {
    const people = { userId: 'u', apiKeyId: 'k', metadata: { page: 3 } }
    const { entries, reservations } = settled(reserved(tenAndTwenty(), 25, people), 5)
    const id = reservations[0]?.id
    expect(entries.slice(3)).toMatchObject([
      {
        ...people,
        type: 'release',
        idempotencyKey: `tenantry:release:${id}`,
        metadata: { page: 3, reservationId: id },
        operation: 'video.render',
      },
      {
        ...people,
        type: 'usage',
        idempotencyKey: `tenantry:settle:${id}`,
        metadata: { page: 3, reservationId: id },
        operation: 'video.render',
      },
    ])
    expect(entries.map(reservationOf)).toEqual([null, null, id, id, id])
  })

  test('takes spends that came in between from what was not set aside', () => {
    const before = reserved(tenAndTwenty(), 15)
    const spent = { ...before, balance: before.balance - 15, sequence: before.sequence + 1, unsettledSpend: 15 }
    const after = settled(spent, 5)
    expect(held(after)).toEqual([
      [5, 0],
      [5, 0],
    ])
    expect(after.balance).toBe(10)
  })

  test('is a bug above the amount, and a second time', () => {
    const before = reserved(tenAndTwenty(), 25)
    expect(() => settled(before, 26)).toThrow('at most at its amount')
    const after = released(before)
    const [closed] = after.reservations
    if (closed === undefined) throw new Error('the reservation is gone')
    expect(() => endReservation(after, closed, { status: 'released', actual: 0, at: at(3) }, stamp(3))).toThrow('open')
  })
})

describe('the room for credits', () => {
  const largest = Number.MAX_SAFE_INTEGER

  test('is what the balance and all that may come back leave of the largest safe integer', () => {
    const full = ledgerOf({ amount: largest - 10 })
    expect(roomFor(emptyLedger('account-1'))).toBe(largest)
    expect(roomFor(full)).toBe(10)
    const aside = reserved(full, largest - 20)
    expect([aside.balance, roomFor(aside)]).toEqual([10, 10])
    expect(roomFor(settled(aside, 7))).toBe(17)
    expect(roomFor(released(aside))).toBe(10)
    expect(roomFor(takeAway(full, 5, { type: 'adjustment', idempotencyKey: 't', description: 't' }, stamp()))).toBe(15)
  })

  test('bounds the credits of a month, so that a release never passes it', () => {
    const subscription = samples.subscription()
    const plan = samples.plan({ includedCredits: 1000 })
    const aside = reserved(ledgerOf({ amount: largest - 10 }), largest - 20)
    const month = grantPlanCredits(aside, { plan, subscription }, { start, end: at(90) }, stamp(3))
    expect([month.balance, roomFor(month)]).toEqual([20, 0])
    expect(grantPlanCredits(month, { plan, subscription }, { start: at(90), end: at(95) }, stamp(4))).toBe(month)
    expect(passed(month, 89).balance).toBe(20)
    expect(released(month, 5).balance).toBe(largest)
  })
})

describe('usedParts', () => {
  const parts = [
    { lotId: 'a', amount: 3 },
    { lotId: 'b', amount: 5 },
  ]
  test.each([
    [0, [0, 0]],
    [2, [2, 0]],
    [3, [3, 0]],
    [4, [3, 1]],
    [8, [3, 5]],
  ])('of %i are %o', (actual, expected) => {
    expect(usedParts(parts, actual)).toEqual(parts.map((part, index) => ({ ...part, used: expected[index] })))
  })
})
