import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { creditEntryTypes } from '../../src/domain/credit.js'
import { compareKeys, isUsage, sumUsage, type UsageEntry, usageGroupings } from '../../src/domain/usage.js'

const use = (overrides: Partial<UsageEntry> = {}): UsageEntry => ({
  type: 'usage',
  amount: -10,
  operation: 'article',
  userId: null,
  apiKeyId: null,
  createdAt: new Date('2026-01-10T12:00:00Z'),
  ...overrides,
})

const entries = fc.array(
  fc.record({
    type: fc.constantFrom(...creditEntryTypes),
    amount: fc.integer({ min: 1, max: 1000 }),
    operation: fc.constantFrom('a', 'b', 'Z', 'é'),
    userId: fc.option(fc.constantFrom('u1', 'u2')),
    apiKeyId: fc.option(fc.constantFrom('k1', 'k2')),
    createdAt: fc.date({ min: new Date('2026-01-01'), max: new Date('2026-01-09'), noInvalidDate: true }),
  }),
)
const signed = (list: readonly UsageEntry[]): UsageEntry[] =>
  list.map((entry) => (entry.type === 'usage' ? { ...entry, amount: -entry.amount } : entry))

describe('sumUsage', () => {
  test('adds spends and refunds up, and counts spends', () => {
    const list = [use(), use({ amount: -5 }), use({ type: 'refund', amount: 7 })]
    expect(sumUsage(list, 'operation')).toEqual([{ key: 'article', spent: 15, refunded: 7, count: 2 }])
  })

  test('passes over what is no use', () => {
    const others = creditEntryTypes.filter((type) => type !== 'usage' && type !== 'refund')
    expect(
      sumUsage(
        others.map((type) => use({ type })),
        'operation',
      ),
    ).toEqual([])
    expect(creditEntryTypes.filter((type) => isUsage({ type }))).toEqual(['usage', 'refund'])
  })

  test('counts a day from midnight to midnight in UTC', () => {
    const list = ['2026-03-28T23:59:59.999Z', '2026-03-29T00:00:00.000Z', '2026-03-29T23:59:59.999Z', '2026-03-30T00:00:00.000Z']
    expect(
      sumUsage(
        list.map((time) => use({ createdAt: new Date(time) })),
        'day',
      ).map(({ key, count }) => [key, count]),
    ).toEqual([
      ['2026-03-28', 1],
      ['2026-03-29', 2],
      ['2026-03-30', 1],
    ])
  })

  test('comes to the same in whatever order, and to the same in all by every grouping', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const all = signed(list)
        const totals = usageGroupings.map((by) => {
          const sums = sumUsage(all, by)
          expect(sumUsage(all.toReversed(), by)).toEqual(sums)
          expect([...sums].sort(compareKeys)).toEqual(sums)
          return [sums.reduce((sum, { spent }) => sum + spent, 0), sums.reduce((sum, { refunded }) => sum + refunded, 0)]
        })
        expect(new Set(totals.map(String)).size).toBe(1)
      }),
    )
  })
})

describe('compareKeys', () => {
  test('orders by code unit, use without a key last', () => {
    const keys = [null, 'b', 'é', 'Z', 'a', '9', '10', '', null]
    const sums = keys.map((key) => ({ key, spent: 0, refunded: 0, count: 0 }))
    expect(sums.sort(compareKeys).map(({ key }) => key)).toEqual(['', '10', '9', 'Z', 'a', 'b', 'é', null, null])
  })
})
