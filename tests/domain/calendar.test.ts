import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import { addDays, addMonths, addSeconds, wholeMonths } from '../../src/domain/calendar.js'
import { emptyLedger } from '../../src/domain/ledger.js'
import { prolongPaidPeriod } from '../../src/domain/paid-period.js'
import { nextMonthBoundary } from '../../src/domain/plan-credits.js'
import { samples } from '../../src/testing/samples.js'

const moment = fc.date({ min: new Date('1900-01-01T00:00:00.000Z'), max: new Date('2400-12-31T23:59:59.999Z'), noInvalidDate: true })
const months = fc.integer({ min: -1500, max: 1500 })

/** The last day of a month, of a leap year too, more often than chance gives it. */
const lateInMonth = fc
  .tuple(fc.integer({ min: 1996, max: 2104 }), fc.integer({ min: 0, max: 11 }), fc.integer({ min: -3, max: 0 }))
  .map(([year, month, day]) => new Date(Date.UTC(year, month + 1, day, 23, 59, 59, 999)))
const anchor = fc.oneof(moment, lateInMonth)

/** The same by another library, which follows the calendar of ECMA-262's Temporal. */
const byTemporal = (from: Date, count: number): Date =>
  new Date(
    Temporal.Instant.fromEpochMilliseconds(from.getTime()).toZonedDateTimeISO('UTC').add({ months: count }, { overflow: 'constrain' })
      .epochMilliseconds,
  )

describe('addMonths', () => {
  test.each([
    ['2026-01-31T10:20:30.123Z', 1, '2026-02-28T10:20:30.123Z'],
    ['2026-01-31T10:20:30.123Z', 2, '2026-03-31T10:20:30.123Z'],
    ['2026-01-31T10:20:30.123Z', 3, '2026-04-30T10:20:30.123Z'],
    ['2028-01-31T00:00:00.000Z', 1, '2028-02-29T00:00:00.000Z'],
    ['2028-02-29T00:00:00.000Z', 12, '2029-02-28T00:00:00.000Z'],
    ['2028-02-29T00:00:00.000Z', 48, '2032-02-29T00:00:00.000Z'],
    ['2026-12-15T23:59:59.999Z', 1, '2027-01-15T23:59:59.999Z'],
    ['2026-03-31T00:00:00.000Z', -1, '2026-02-28T00:00:00.000Z'],
    ['2026-03-31T00:00:00.000Z', 0, '2026-03-31T00:00:00.000Z'],
  ])('from %s on, %d months, is %s', (from, count, to) => {
    expect(addMonths(new Date(from), count).toISOString()).toBe(to)
  })

  test('agrees with Temporal', () => {
    fc.assert(
      fc.property(anchor, months, (from, count) => {
        expect(addMonths(from, count)).toEqual(byTemporal(from, count))
      }),
    )
  })

  test('leaves its argument as it is', () => {
    const from = new Date('2026-01-31T00:00:00.000Z')
    addMonths(from, 1)
    expect(from).toEqual(new Date('2026-01-31T00:00:00.000Z'))
  })

  test('goes on with every month: a later month is never an earlier moment', () => {
    fc.assert(
      fc.property(anchor, months, (from, count) => {
        expect(addMonths(from, count) < addMonths(from, count + 1)).toBe(true)
      }),
    )
  })
})

describe('wholeMonths', () => {
  test.each([
    ['2026-01-31T10:00:00.000Z', '2026-02-28T09:59:59.999Z', 0],
    ['2026-01-31T10:00:00.000Z', '2026-02-28T10:00:00.000Z', 1],
    ['2026-01-31T10:00:00.000Z', '2026-03-30T10:00:00.000Z', 1],
    ['2026-01-31T10:00:00.000Z', '2026-03-31T10:00:00.000Z', 2],
    ['2026-01-31T10:00:00.000Z', '2026-01-31T10:00:00.000Z', 0],
    ['2026-01-31T10:00:00.000Z', '2026-01-31T09:59:59.999Z', -1],
  ])('from %s to %s are %d', (from, to, count) => {
    expect(wholeMonths(new Date(from), new Date(to))).toBe(count)
  })

  test('is the largest number of months that does not pass the moment', () => {
    fc.assert(
      fc.property(anchor, anchor, (from, to) => {
        const count = wholeMonths(from, to)
        expect(addMonths(from, count) <= to).toBe(true)
        expect(addMonths(from, count + 1) > to).toBe(true)
      }),
    )
  })

  test('counts back what addMonths added, however the boundary was reached', () => {
    fc.assert(
      fc.property(anchor, months, (from, count) => {
        expect(wholeMonths(from, addMonths(from, count))).toBe(count)
      }),
    )
  })

  test('walks the same boundaries step by step as in one go', () => {
    fc.assert(
      fc.property(anchor, fc.integer({ min: 1, max: 60 }), (from, count) => {
        const step = (boundary: Date): Date => addMonths(from, wholeMonths(from, boundary) + 1)
        const walked = Array.from({ length: count }).reduce<Date>(step, from)
        expect(walked).toEqual(addMonths(from, count))
      }),
    )
  })
})

/** The years for which periods are promised; every anchor's last boundary of three years lies within them. */
const soldIn = fc.date({ min: new Date('1970-01-01T00:00:00.000Z'), max: new Date('2196-12-31T23:59:59.999Z'), noInvalidDate: true })
const soldAnchor = fc.oneof(
  soldIn,
  fc
    .tuple(fc.integer({ min: 1970, max: 2196 }), fc.integer({ min: 0, max: 11 }), fc.integer({ min: -3, max: 0 }))
    .map(([year, month, day]) => new Date(Date.UTC(year, month + 1, day, 12, 30))),
)

describe('periods from 1970 to 2199', () => {
  test('begin and end where Temporal says', () => {
    for (let year = 1970; year <= 2196; year++) {
      for (const day of ['01-31', '02-28', '05-30', '08-31', '12-29']) {
        const from = new Date(`${year}-${day}T23:59:59.999Z`)
        for (const count of [1, 12, 13, 36]) expect(addMonths(from, count)).toEqual(byTemporal(from, count))
      }
    }
    fc.assert(
      fc.property(soldAnchor, fc.integer({ min: 0, max: 36 }), (from, count) => {
        expect(addMonths(from, count)).toEqual(byTemporal(from, count))
      }),
      { numRuns: 2000 },
    )
  })

  test('end at the same moment, paid for at once or month by month, in whatever portions', () => {
    const portions = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(soldAnchor, portions, (from, months) => {
        fc.pre(months.reduce((sum, count) => sum + count, 0) <= 36)
        const stamp = { now: from, newId: () => 'id' }
        const bare = samples.plan({ includedCredits: 0 })
        const first = samples.subscription({ billingAnchor: from, currentPeriodStart: from, currentPeriodEnd: addMonths(from, 1) })
        const paid = (portion: readonly number[]) =>
          portion.reduce((subscription, count) => {
            const period = prolongPaidPeriod(
              subscription,
              emptyLedger('account-1'),
              { plan: bare, months: count, externalPaymentId: 'x' },
              stamp,
            )
            expect(period.start).toEqual(subscription.currentPeriodEnd)
            expect(period.end).toEqual(period.subscription.currentPeriodEnd)
            return period.subscription
          }, first).currentPeriodEnd
        const total = months.reduce((sum, count) => sum + count, 0)
        expect(paid(months)).toEqual(paid([total]))
        expect(paid(Array.from({ length: total }, () => 1))).toEqual(paid([total]))
        expect(paid(months)).toEqual(byTemporal(from, total + 1))
      }),
    )
  })

  test('are half-open: every moment is in exactly one month, and a boundary belongs to the month that it begins', () => {
    fc.assert(
      fc.property(soldAnchor, fc.nat(3 * 366 * 86_400_000), (from, later) => {
        const moment = new Date(from.getTime() + later)
        const start = addMonths(from, wholeMonths(from, moment))
        const end = nextMonthBoundary(from, moment)
        expect(start <= moment && moment < end).toBe(true)
        expect(nextMonthBoundary(from, start)).toEqual(end)
        expect(nextMonthBoundary(from, new Date(end.getTime() - 1))).toEqual(end)
        expect(addMonths(from, wholeMonths(from, end))).toEqual(end)
      }),
    )
  })
})

describe('addDays and addSeconds', () => {
  test('count days of 24 hours and whole seconds', () => {
    expect(addDays(new Date('2026-03-28T12:00:00.123Z'), 2)).toEqual(new Date('2026-03-30T12:00:00.123Z'))
    expect(addDays(new Date('2026-01-01T00:00:00.000Z'), -1)).toEqual(new Date('2025-12-31T00:00:00.000Z'))
    expect(addSeconds(new Date('2026-12-31T23:59:59.999Z'), 1)).toEqual(new Date('2027-01-01T00:00:00.999Z'))
  })
})
