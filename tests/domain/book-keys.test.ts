import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { recheckKeys, watchKeys } from '../../src/domain/book-keys.js'
import type { BookProblem } from '../../src/domain/books.js'
import { samples } from '../../src/testing/samples.js'

function suspectsAmong(keys: Iterable<string>): ReadonlySet<string> {
  const { add, suspects } = watchKeys()
  for (const key of keys) add(key)
  return suspects
}

const keys = fc.array(fc.oneof(fc.string({ maxLength: 3 }), fc.uuid(), fc.constantFrom('a', 'b', 'key-1')), { maxLength: 300 })

describe('watchKeys', () => {
  test('suspects every key that is there twice, and no other', () => {
    fc.assert(
      fc.property(keys, (list) => {
        const doubled = list.filter((key, index) => list.indexOf(key) < index)
        expect(suspectsAmong(list)).toEqual(new Set(doubled))
      }),
    )
  })

  test('tells two hundred thousand keys apart that are much alike', () => {
    const alike = function* (): Generator<string> {
      for (let n = 0; n < 100_000; n++) {
        yield `tenantry:release:018f-0000-7000-${n}`
        yield `key-${n.toString(36).padStart(8, '0')}`
      }
    }
    expect(suspectsAmong(alike())).toEqual(new Set())
    expect(suspectsAmong([...alike(), 'key-00000001'])).toEqual(new Set(['key-00000001']))
  })
})

describe('recheckKeys', () => {
  const problemsOf = (suspects: string[], entries: readonly [sequence: number, key: string][]) => {
    const problems: Omit<BookProblem, 'accountId'>[] = []
    const check = recheckKeys(new Set(suspects), (problem) => problems.push(problem))
    for (const [sequence, idempotencyKey] of entries) check.entry({ ...entry, sequence, idempotencyKey })
    check.end()
    return problems.map(({ invariant, sequence }) => [invariant, sequence])
  }
  const { fingerprint: _, ...spend } = samples.spend()
  const entry = { ...spend, sequence: 1, type: 'usage', amount: -1, balanceAfter: 0, refundsEntryId: null, actor: null } as const

  test('names the newer of two entries with one key, and of three the two newer ones', () => {
    expect(
      problemsOf(
        ['a'],
        [
          [4, 'a'],
          [3, 'b'],
          [1, 'a'],
        ],
      ),
    ).toEqual([['keys_are_unique', 4]])
    expect(
      problemsOf(
        ['a'],
        [
          [4, 'a'],
          [3, 'a'],
          [1, 'a'],
        ],
      ),
    ).toEqual([
      ['keys_are_unique', 4],
      ['keys_are_unique', 3],
    ])
  })

  test('lets a key go that was suspected for nothing', () => {
    expect(
      problemsOf(
        ['a', 'b'],
        [
          [4, 'a'],
          [3, 'b'],
          [1, 'c'],
        ],
      ),
    ).toEqual([])
  })
})
