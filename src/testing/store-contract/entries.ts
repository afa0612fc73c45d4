import assert from 'node:assert/strict'
import type { Store } from '../../ports/store/store.js'
import { samples } from '../samples.js'
import { addAccount, type StoreCases } from './world.js'

async function addEntries(store: Store, accountId: string, spends: number): Promise<void> {
  await addAccount(store, { id: accountId, grants: [samples.grant({ amount: 100 })] })
  for (let number = 1; number <= spends; number++) {
    await store.spendCredits(samples.spend({ id: `${accountId}:spend-${number}`, accountId, amount: number }))
  }
}

const numbers = async (store: Store, accountId: string, beforeSequence: number | null, limit: number): Promise<number[]> =>
  (await store.listCreditEntries({ accountId, beforeSequence, limit })).map(({ sequence }) => sequence)

/** Promises about finding and listing entries. */
export const entryCases: StoreCases = {
  'entries come newest first, those of one moment by number as well': async (store) => {
    await addEntries(store, 'account-1', 11)
    const all = Array.from({ length: 12 }, (_, index) => 12 - index)
    assert.deepEqual(await numbers(store, 'account-1', null, 100), all)
  },
  'a page holds what comes before a number, at most as many as asked for': async (store) => {
    await addEntries(store, 'account-1', 4)
    assert.deepEqual(await numbers(store, 'account-1', null, 2), [5, 4])
    assert.deepEqual(await numbers(store, 'account-1', 4, 2), [3, 2])
    assert.deepEqual(await numbers(store, 'account-1', 2, 2), [1])
    assert.deepEqual(await numbers(store, 'account-1', 1, 2), [])
    assert.deepEqual(await numbers(store, 'account-1', 99, 100), [5, 4, 3, 2, 1])
  },
  'entries are listed of one account, none of an account that is not there': async (store) => {
    await addEntries(store, 'account-1', 1)
    await addEntries(store, 'account-2', 2)
    assert.deepEqual(await numbers(store, 'account-1', null, 100), [2, 1])
    assert.deepEqual(await numbers(store, 'account-2', null, 100), [3, 2, 1])
    assert.deepEqual(await numbers(store, 'nowhere', null, 100), [])
  },
  'an account without entries lists none': async (store) => {
    await addAccount(store)
    assert.deepEqual(await numbers(store, 'account-1', null, 100), [])
  },
  'an entry is found by its key with its fingerprint, in its own account only': async (store) => {
    await addEntries(store, 'account-1', 0)
    await addAccount(store, { id: 'account-2' })
    const spent = await store.spendCredits(samples.spend({ fingerprint: 'print' }))
    const key = { accountId: 'account-1', idempotencyKey: 'key:spend-1' }
    assert.deepEqual(await store.findCreditEntryByKey(key), { entry: spent?.entry, fingerprint: 'print' })
    assert.equal(await store.findCreditEntryByKey({ ...key, accountId: 'account-2' }), null)
    assert.equal(await store.findCreditEntryByKey({ ...key, idempotencyKey: 'key:spend-2' }), null)
  },
}
