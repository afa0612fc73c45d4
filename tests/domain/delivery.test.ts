import fc from 'fast-check'
import { retryAt } from 'tenantry'
import { describe, expect, it } from 'vitest'

const rule = { maxAttempts: 12, firstRetrySeconds: 5, maxRetrySeconds: 43_200 }
const at = new Date('2026-01-31T10:20:30.123Z')
const waits = (chance: number) =>
  Array.from({ length: 12 }, (_, index) => {
    const again = retryAt({ attempts: index + 1, at, chance }, rule)
    return again && (again.getTime() - at.getTime()) / 1000
  })

describe('a failed delivery', () => {
  it('waits four times as long after each failure, up to the longest wait, and is given up in the end', () => {
    expect(waits(0)).toEqual([2.5, 10, 40, 160, 640, 2560, 10_240, 21_600, 21_600, 21_600, 21_600, null])
    expect(waits(0.5)).toEqual([3.75, 15, 60, 240, 960, 3840, 15_360, 32_400, 32_400, 32_400, 32_400, null])
  })

  it('is given up at once where one attempt is all', () => {
    expect(retryAt({ attempts: 1, at, chance: 0 }, { ...rule, maxAttempts: 1 })).toBeNull()
  })

  it('never waits less than half of the wait or more than all of it', () => {
    const rules = fc.record({
      maxAttempts: fc.constant(101),
      firstRetrySeconds: fc.integer({ min: 1, max: 86_400 }),
      maxRetrySeconds: fc.integer({ min: 1, max: 30 * 86_400 }),
    })
    fc.assert(
      fc.property(
        rules,
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (any, attempts, chance) => {
          const wait = (retryAt({ attempts, at, chance }, any)?.getTime() ?? 0) - at.getTime()
          const longest = Math.min(any.firstRetrySeconds * 4 ** (attempts - 1), any.maxRetrySeconds) * 1000
          return Number.isSafeInteger(wait) && wait >= longest / 2 && wait <= longest
        },
      ),
    )
  })
})
