import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import { addDays, addMonths, addSeconds, wholeMonths } from '../../src/domain/calendar.js'

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

describe('addDays and addSeconds', () => {
  test('count days of 24 hours and whole seconds', () => {
    expect(addDays(new Date('2026-03-28T12:00:00.123Z'), 2)).toEqual(new Date('2026-03-30T12:00:00.123Z'))
    expect(addDays(new Date('2026-01-01T00:00:00.000Z'), -1)).toEqual(new Date('2025-12-31T00:00:00.000Z'))
    expect(addSeconds(new Date('2026-12-31T23:59:59.999Z'), 1)).toEqual(new Date('2027-01-01T00:00:00.999Z'))
  })
})
