import assert from 'node:assert/strict'
import { grant, takeAway } from '../../domain/ledger.js'
import { settle } from '../../domain/settlement.js'
import type { UsageGrouping, UsageSum } from '../../domain/usage.js'
import type { CreditSpend } from '../../ports/store/credits.js'
import type { Store } from '../../ports/store/store.js'
import { samples } from '../samples.js'
import { end, setAside } from './reservations.js'
import { addAccount, changeLedger, type StoreCases } from './world.js'

const thousand = { grants: [samples.grant({ amount: 1000 })] }
const january = { accountId: 'account-1', from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-02-01T00:00:00Z') }

let spends = 0

async function spend(store: Store, time: string, overrides: Partial<CreditSpend> = {}): Promise<string> {
  spends += 1
  const id = `spend-${spends}`
  await store.spendCredits(samples.spend({ id, createdAt: new Date(time), ...overrides }))
  return id
}

async function giveBack(store: Store, refundsEntryId: string, amount: number, time: string, of: Partial<CreditSpend> = {}): Promise<void> {
  const { operation = 'article', userId = null, apiKeyId = null } = of
  const use = { operation, userId, apiKeyId, refundsEntryId }
  const content = { ...samples.grant({ type: 'refund', amount, idempotencyKey: `refund:${refundsEntryId}:${time}` }), ...use }
  const stamp = { now: new Date(time), newId: () => `refund-${refundsEntryId}-${time}` }
  await changeLedger(store, (before) => grant(settle(before, null, stamp).ledger, content, stamp))
}

const sums = async (store: Store, by: UsageGrouping, range: Partial<typeof january> = {}): Promise<unknown[]> =>
  (await store.sumUsage({ ...january, ...range, by })).map(({ key, spent, refunded, count }: UsageSum) => [key, spent, refunded, count])

/** Promises about adding up what an account has used. */
export const usageCases: StoreCases = {
  'use is added up by day in UTC, from the first instant of a day to the last': async (store) => {
    await addAccount(store, thousand)
    await spend(store, '2026-01-11T00:00:00.000Z', { amount: 100 })
    await spend(store, '2026-01-09T23:59:59.999Z', { amount: 1 })
    await spend(store, '2026-01-10T00:00:00.000Z', { amount: 10 })
    await spend(store, '2026-01-10T23:59:59.999Z', { amount: 20 })
    assert.deepEqual(await sums(store, 'day'), [
      ['2026-01-09', 1, 0, 1],
      ['2026-01-10', 30, 0, 2],
      ['2026-01-11', 100, 0, 1],
    ])
  },
  'use is added up from an instant on, that instant included, to another one, that not': async (store) => {
    await addAccount(store, thousand)
    for (const [time, amount] of Object.entries({ '09.999': 1, '10.000': 2, '19.999': 4, '20.000': 8 })) {
      await spend(store, `2026-01-10T12:00:${time}Z`, { amount })
    }
    const range = { from: new Date('2026-01-10T12:00:10.000Z'), to: new Date('2026-01-10T12:00:20.000Z') }
    assert.deepEqual(await sums(store, 'day', range), [['2026-01-10', 6, 0, 2]])
    assert.deepEqual(await sums(store, 'day', { from: range.from, to: range.from }), [])
  },
  'use is added up by operation, in the order of code units': async (store) => {
    await addAccount(store, thousand)
    const operations = ['b', 'a', 'Z', 'écriture', 'a"\\\'', '漢字', 'a', '10', '9', ' ']
    for (const operation of operations) await spend(store, '2026-01-10T12:00:00Z', { operation, amount: 3 })
    const expected = [' ', '10', '9', 'Z', 'a', 'a"\\\'', 'b', 'écriture', '漢字']
    assert.deepEqual(
      await sums(store, 'operation'),
      expected.map((key) => (key === 'a' ? [key, 6, 0, 2] : [key, 3, 0, 1])),
    )
  },
  'use is added up by user and by API key, that without either last': async (store) => {
    await addAccount(store, thousand)
    await spend(store, '2026-01-10T12:00:00Z', { amount: 1 })
    await spend(store, '2026-01-10T12:00:00Z', { amount: 2, userId: 'user-2', apiKeyId: 'key-1' })
    await spend(store, '2026-01-10T12:00:00Z', { amount: 4, userId: 'user-1' })
    await spend(store, '2026-01-10T12:00:00Z', { amount: 8, userId: 'user-2' })
    await spend(store, '2026-01-10T12:00:00Z', { amount: 16, userId: 'zoe' })
    assert.deepEqual(await sums(store, 'user'), [
      ['user-1', 4, 0, 1],
      ['user-2', 10, 0, 2],
      ['zoe', 16, 0, 1],
      [null, 1, 0, 1],
    ])
    assert.deepEqual(await sums(store, 'api_key'), [
      ['key-1', 2, 0, 1],
      [null, 29, 0, 4],
    ])
  },
  'what is given back counts under the day of the refund, and under the operation, user and key of the spend': async (store) => {
    await addAccount(store, thousand)
    const of = { operation: 'image', userId: 'user-1', apiKeyId: 'key-1' }
    const id = await spend(store, '2026-01-10T12:00:00Z', { amount: 40, ...of })
    await spend(store, '2026-01-10T12:00:00Z', { amount: 5 })
    await giveBack(store, id, 25, '2026-01-10T13:00:00Z', of)
    await giveBack(store, id, 10, '2026-01-12T12:00:00Z', of)
    assert.deepEqual(await sums(store, 'day'), [
      ['2026-01-10', 45, 25, 2],
      ['2026-01-12', 0, 10, 0],
    ])
    assert.deepEqual(await sums(store, 'operation'), [
      ['article', 5, 0, 1],
      ['image', 40, 35, 1],
    ])
    assert.deepEqual(await sums(store, 'user'), [
      ['user-1', 40, 35, 1],
      [null, 5, 0, 1],
    ])
    assert.deepEqual(await sums(store, 'api_key'), [
      ['key-1', 40, 35, 1],
      [null, 5, 0, 1],
    ])
  },
  'a reservation counts with what it has cost, when it is settled; nothing else that moves credits does': async (store) => {
    await addAccount(store, thousand)
    const all = { from: new Date('2020-01-01T00:00:00Z'), to: new Date('2030-01-01T00:00:00Z') }
    await setAside(store, { idempotencyKey: 'settled', operation: 'video', userId: 'user-1', amount: 50 })
    await setAside(store, { idempotencyKey: 'released', operation: 'video', amount: 50 })
    await setAside(store, { idempotencyKey: 'open', operation: 'video', amount: 50 })
    const taken = { type: 'adjustment', idempotencyKey: 'taken', description: 'Taken', operation: 'video' } as const
    await changeLedger(store, (before) => takeAway(before, 7, taken, { now: january.from, newId: () => 'taken' }))
    assert.deepEqual(await sums(store, 'operation', all), [])
    await end(store, 'released', { status: 'released', actual: 0 })
    await end(store, 'settled', { status: 'settled', actual: 20 })
    assert.deepEqual(await sums(store, 'operation', all), [['video', 20, 0, 1]])
    assert.deepEqual(await sums(store, 'user', all), [['user-1', 20, 0, 1]])
  },
  'use of other accounts does not count, and an account without use has none': async (store) => {
    await addAccount(store, thousand)
    await addAccount(store, { id: 'account-2', ...thousand })
    await spend(store, '2026-01-10T12:00:00Z', { accountId: 'account-2' })
    assert.deepEqual(await sums(store, 'day'), [])
    assert.deepEqual(await sums(store, 'day', { accountId: 'nowhere' }), [])
    assert.deepEqual(await sums(store, 'day', { accountId: 'account-2' }), [['2026-01-10', 10, 0, 1]])
  },
  'a sum is exact up to the largest safe integer, and seen not to be beyond it': async (store) => {
    const largest = Number.MAX_SAFE_INTEGER
    await addAccount(store, { grants: [samples.grant({ amount: largest })] })
    const id = await spend(store, '2026-01-10T12:00:00Z', { amount: largest - 1 })
    await spend(store, '2026-01-10T12:00:00Z', { amount: 1 })
    assert.deepEqual(await sums(store, 'day'), [['2026-01-10', largest, 0, 2]])
    await giveBack(store, id, 5, '2026-01-11T12:00:00Z')
    await spend(store, '2026-01-10T13:00:00Z', { amount: 5 })
    const [first, second] = await store.sumUsage({ ...january, by: 'day' })
    assert.equal(Number.isSafeInteger(first?.spent), false)
    assert.deepEqual([first?.count, second?.refunded], [3, 5])
  },
}
