import { describe, expect, test } from 'vitest'
import { manualClock } from '../../src/testing/manual-clock.js'

describe('manualClock', () => {
  test('stands still at the moment it was given', () => {
    const clock = manualClock('2026-02-28T12:00:00.123Z')
    expect(clock()).toEqual(new Date('2026-02-28T12:00:00.123Z'))
    expect(clock()).toEqual(new Date('2026-02-28T12:00:00.123Z'))
  })

  test('starts at a date, or at the same moment in every run', () => {
    expect(manualClock(new Date(5))()).toEqual(new Date(5))
    expect(manualClock()()).toEqual(new Date('2026-01-01T00:00:00.000Z'))
  })

  test('advances by a span whose parts add up', () => {
    const clock = manualClock('2026-01-01T00:00:00.000Z')
    clock.advance({ days: 1, hours: 2, minutes: 3, seconds: 4, ms: 5 })
    expect(clock()).toEqual(new Date('2026-01-02T02:03:04.005Z'))
  })

  test('advances by milliseconds, and back by a negative span', () => {
    const clock = manualClock('2026-01-01T00:00:00.000Z')
    clock.advance(1500)
    expect(clock()).toEqual(new Date('2026-01-01T00:00:01.500Z'))
    clock.advance({ hours: -1 })
    expect(clock()).toEqual(new Date('2025-12-31T23:00:01.500Z'))
  })

  test('is set to a moment', () => {
    const clock = manualClock()
    clock.set('2030-05-06T07:08:09.010Z')
    expect(clock()).toEqual(new Date('2030-05-06T07:08:09.010Z'))
    clock.set(new Date(7))
    expect(clock()).toEqual(new Date(7))
  })

  test('is not moved by what is done to a date that went in or came out', () => {
    const start = new Date('2026-01-01T00:00:00.000Z')
    const clock = manualClock(start)
    start.setTime(0)
    clock().setTime(0)
    expect(clock()).toEqual(new Date('2026-01-01T00:00:00.000Z'))
  })

  test('refuses what is no moment', () => {
    expect(() => manualClock('next week')).toThrow(RangeError)
    expect(() => manualClock().set('2026-13-01')).toThrow(RangeError)
  })
})
