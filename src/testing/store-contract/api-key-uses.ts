import assert from 'node:assert/strict'
import type { Store } from '../../ports/store/store.js'
import { samples } from '../samples.js'
import { addAccount, at, atOnce, type StoreCases } from './world.js'

const [first, second, third] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [string, string, string]

async function withKeys(store: Store): Promise<void> {
  await addAccount(store)
  for (const [index, secretHash] of [first, second, third].entries()) {
    await store.addApiKey({ apiKey: samples.apiKey({ id: `key-${index}` }), secretHash })
  }
}

const lastUses = async (store: Store) =>
  Promise.all([first, second, third].map(async (hash) => (await store.findApiKeyAccess(hash))?.apiKey.lastUsedAt))

/** Promises about when keys were last used. */
export const keyUseCases: StoreCases = {
  'uses of several keys are noted at once, and nothing else of them changes': async (store) => {
    await withKeys(store)
    assert.equal(await store.touchApiKeys({ secretHashes: [first, third, 'd'.repeat(64)], at: at(5) }), 2)
    assert.deepEqual(await lastUses(store), [at(5), null, at(5)])
    const used = samples.apiKey({ id: 'key-0', lastUsedAt: at(5) })
    assert.deepEqual(await store.findApiKey({ accountId: 'account-1', apiKeyId: 'key-0' }), used)
    assert.equal(await store.touchApiKeys({ secretHashes: [], at: at(900) }), 0)
  },
  'a use is noted at most once a minute, and never one that came before': async (store) => {
    await withKeys(store)
    const touch = (seconds: number) => store.touchApiKeys({ secretHashes: [first], at: at(seconds * 1000) })
    assert.deepEqual([await touch(100), await touch(159), await touch(40), await touch(160)], [1, 0, 0, 1])
    assert.deepEqual(await lastUses(store), [at(160_000), null, null])
  },
  'a use that is noted at many places at once is written once': async (store) => {
    await withKeys(store)
    const answers = await atOnce(8, () => store.touchApiKeys({ secretHashes: [first, second], at: at(5) }))
    assert.equal(
      answers.reduce((sum, count) => sum + count, 0),
      2,
    )
    assert.deepEqual(await lastUses(store), [at(5), at(5), null])
  },
}
