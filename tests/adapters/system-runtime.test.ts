import { afterEach, describe, expect, test, vi } from 'vitest'
import { secureRandomBytes, systemClock, uuidv7 } from '../../src/adapters/node/system-runtime.js'

const timeIn = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
const counterIn = (id: string): number => Number.parseInt(id.slice(15, 18), 16)

function freezeClock(ms: number): void {
  vi.useFakeTimers({ now: ms, toFake: ['Date'] })
}

afterEach(() => {
  vi.useRealTimers()
})

describe('uuidv7', () => {
  test('has the layout of RFC 9562', () => {
    for (let count = 0; count < 1000; count++)
      expect(uuidv7()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  // Far ahead of the computer's clock, because no id may go back behind an earlier one.
  const future = Date.UTC(2100, 0, 1)

  test('carries the milliseconds since 1970', () => {
    freezeClock(future + 123)
    expect(timeIn(uuidv7())).toBe(future + 123)
  })

  test('starts counting in the lower half in every millisecond', () => {
    const counters = Array.from({ length: 200 }, (_, index) => {
      freezeClock(future + 1000 + index)
      return counterIn(uuidv7())
    })
    expect(Math.max(...counters)).toBeLessThan(0x800)
    expect(new Set(counters).size).toBeGreaterThan(100)
  })

  test('rises within a millisecond, also when the counter overflows', () => {
    freezeClock(future + 2000)
    const ids = Array.from({ length: 10_000 }, uuidv7)
    expect(ids.toSorted()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
    expect(timeIn(ids[0] ?? '')).toBe(future + 2000)
    expect(timeIn(ids.at(-1) ?? '')).toBeLessThanOrEqual(future + 2003)
  })

  test('rises when the clock steps back', () => {
    freezeClock(future + 3000)
    const before = uuidv7()
    freezeClock(future - 3_600_000)
    expect(uuidv7() > before).toBe(true)
  })
})

describe('systemClock', () => {
  test('tells the time', () => {
    const before = Date.now()
    const told = systemClock().getTime()
    expect(told).toBeGreaterThanOrEqual(before)
    expect(told).toBeLessThanOrEqual(Date.now())
  })
})

describe('secureRandomBytes', () => {
  test('gives as many bytes as asked for, never the same', () => {
    expect(secureRandomBytes(0)).toHaveLength(0)
    expect(secureRandomBytes(96)).toHaveLength(96)
    expect(secureRandomBytes(32)).not.toEqual(secureRandomBytes(32))
  })
})
