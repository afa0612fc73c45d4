import assert from 'node:assert/strict'
import type { ApiKey } from '../../domain/api-key.js'
import type { Store } from '../../ports/store/store.js'
import { samples } from '../samples.js'
import { keyUseCases } from './api-key-uses.js'
import { addAccount, at, atOnce, readPages, type StoreCases } from './world.js'

const secretHash = 'a'.repeat(64)
const key = { accountId: 'account-1', apiKeyId: 'key-1' }
const replacedById = 'key-9'

async function withKey(store: Store, overrides: Partial<ApiKey> = {}): Promise<ApiKey> {
  await addAccount(store)
  const apiKey = samples.apiKey(overrides)
  await store.addApiKey({ apiKey, secretHash })
  return apiKey
}

/** Promises about API keys. How they are found by their secret is among those about access. */
export const apiKeyCases: StoreCases = {
  'a key comes back with all that it is': async (store) => {
    const apiKey = await withKey(store, {
      name: `Zoë's "key" \\ 漢字`,
      scopes: ['credits:spend', 'a,b', '"q"'],
      expiresAt: at(9),
      lastFour: '0aZ9',
    })
    assert.deepEqual(await store.findApiKey(key), apiKey)
    const bare = samples.apiKey({ id: 'key-2' })
    await store.addApiKey({ apiKey: bare, secretHash: 'b'.repeat(64) })
    assert.deepEqual(await store.findApiKey({ ...key, apiKeyId: 'key-2' }), bare)
  },
  'a key is found in its own account only': async (store) => {
    await withKey(store)
    await addAccount(store, { id: 'account-2' })
    assert.equal(await store.findApiKey({ ...key, accountId: 'account-2' }), null)
    assert.equal(await store.findApiKey({ ...key, apiKeyId: 'key-2' }), null)
  },
  'a secret belongs to one key': async (store) => {
    await withKey(store)
    await addAccount(store, { id: 'account-2' })
    await assert.rejects(store.addApiKey({ apiKey: samples.apiKey({ id: 'key-2', accountId: 'account-2' }), secretHash }))
    assert.equal((await store.findApiKeyAccess(secretHash))?.apiKey.id, 'key-1')
    assert.equal(await store.findApiKey({ accountId: 'account-2', apiKeyId: 'key-2' }), null)
  },
  'keys are listed of one account, newest first and without a gap, revoked ones too': async (store) => {
    await addAccount(store)
    await addAccount(store, { id: 'account-2' })
    const moments = { k3: 1, k1: 1, k5: 2, k2: 1, k4: 0 }
    for (const [index, [id, moment]] of Object.entries(moments).entries()) {
      await store.addApiKey({ apiKey: samples.apiKey({ id, createdAt: at(moment) }), secretHash: `${index}`.repeat(64) })
    }
    await store.addApiKey({ apiKey: samples.apiKey({ id: 'other', accountId: 'account-2' }), secretHash: '9'.repeat(64) })
    await store.revokeApiKey({ ...key, apiKeyId: 'k3', at: at(9) })
    const pages = await readPages(
      2,
      (page) => store.listApiKeys({ accountId: 'account-1', ...page }),
      (apiKey) => apiKey,
    )
    assert.deepEqual(
      pages.map((page) => page.map(({ id }) => id)),
      [['k5', 'k3'], ['k2', 'k1'], ['k4']],
    )
    assert.deepEqual(pages[0]?.[1], samples.apiKey({ id: 'k3', createdAt: at(1), revokedAt: at(9) }))
    assert.deepEqual(await store.listApiKeys({ accountId: 'nowhere', before: null, limit: 5 }), [])
  },
  'revoking ends a key and answers it as it stands': async (store) => {
    const apiKey = await withKey(store, { expiresAt: at(50), scopes: ['read'] })
    assert.deepEqual(await store.revokeApiKey({ ...key, at: at(5) }), { ...apiKey, revokedAt: at(5) })
    assert.deepEqual(await store.findApiKey(key), { ...apiKey, revokedAt: at(5) })
  },
  'a key that was revoked stays revoked at the first moment': async (store) => {
    const apiKey = await withKey(store)
    await store.revokeApiKey({ ...key, at: at(5) })
    assert.deepEqual(await store.revokeApiKey({ ...key, at: at(6) }), { ...apiKey, revokedAt: at(5) })
    assert.deepEqual(await store.findApiKey(key), { ...apiKey, revokedAt: at(5) })
  },
  'revoking a key at many places at once revokes it once': async (store) => {
    await withKey(store)
    const answers = await atOnce(8, (index) => store.revokeApiKey({ ...key, at: at(index) }))
    const stands = await store.findApiKey(key)
    for (const answer of answers) assert.deepEqual(answer, stands)
  },
  'an expired key can still be revoked': async (store) => {
    const apiKey = await withKey(store, { expiresAt: at(1) })
    assert.deepEqual(await store.revokeApiKey({ ...key, at: at(5) }), { ...apiKey, revokedAt: at(5) })
  },
  'a key of another account cannot be revoked or replaced, one that is not there neither': async (store) => {
    const apiKey = await withKey(store)
    await addAccount(store, { id: 'account-2' })
    for (const other of [
      { ...key, accountId: 'account-2' },
      { ...key, apiKeyId: 'key-2' },
    ]) {
      assert.equal(await store.revokeApiKey({ ...other, at: at(5) }), null)
      assert.equal(await store.replaceApiKey({ ...other, replacedById, expiresAt: at(9), at: at(5) }), null)
    }
    assert.deepEqual(await store.findApiKey(key), apiKey)
  },
  'replacing brings the end of a key forward, notes the new one and answers the key': async (store) => {
    const apiKey = await withKey(store)
    const replaced = { ...apiKey, expiresAt: at(90), replacedById }
    assert.deepEqual(await store.replaceApiKey({ ...key, replacedById, expiresAt: at(90), at: at(5) }), replaced)
    assert.deepEqual(await store.findApiKey(key), replaced)
  },
  'replacing leaves an earlier end as it is': async (store) => {
    const apiKey = await withKey(store, { expiresAt: at(80) })
    const replaced = { ...apiKey, replacedById }
    assert.deepEqual(await store.replaceApiKey({ ...key, replacedById, expiresAt: at(90), at: at(5) }), replaced)
    assert.deepEqual(await store.findApiKey(key), replaced)
  },
  'a key is replaced once, also at many places at once': async (store) => {
    const apiKey = await withKey(store)
    const answers = await atOnce(8, (index) =>
      store.replaceApiKey({ ...key, replacedById: `new-${index}`, expiresAt: at(90 - index), at: at(5) }),
    )
    const [won, ...others] = answers.filter((answer) => answer !== null)
    assert.deepEqual(others, [])
    assert.deepEqual(await store.findApiKey(key), won)
    assert.deepEqual({ ...won, expiresAt: null, replacedById: null }, apiKey)
  },
  'a key that has expired is not replaced, from the moment of its end on': async (store) => {
    const apiKey = await withKey(store, { expiresAt: at(80) })
    assert.equal(await store.replaceApiKey({ ...key, replacedById, expiresAt: at(70), at: at(80) }), null)
    assert.equal(await store.replaceApiKey({ ...key, replacedById, expiresAt: at(70), at: at(81) }), null)
    assert.deepEqual(await store.findApiKey(key), apiKey)
    const replaced = { ...apiKey, expiresAt: at(70), replacedById }
    assert.deepEqual(await store.replaceApiKey({ ...key, replacedById, expiresAt: at(70), at: at(79) }), replaced)
  },
  'a key that was revoked is not replaced': async (store) => {
    const apiKey = await withKey(store)
    await store.revokeApiKey({ ...key, at: at(5) })
    assert.equal(await store.replaceApiKey({ ...key, replacedById, expiresAt: at(70), at: at(6) }), null)
    assert.deepEqual(await store.findApiKey(key), { ...apiKey, revokedAt: at(5) })
  },
  'valid keys are counted of one account, those that were replaced apart': async (store) => {
    await withKey(store)
    await addAccount(store, { id: 'account-2' })
    const keys = { lasting: null, ending: at(50), ended: at(10), revoked: null, replaced: at(50), gone: at(10) }
    for (const [index, [id, expiresAt]] of Object.entries(keys).entries()) {
      const made = { id, expiresAt, replacedById: id === 'replaced' || id === 'gone' ? 'lasting' : null }
      await store.addApiKey({ apiKey: samples.apiKey(made), secretHash: `${index}`.repeat(64) })
    }
    await store.addApiKey({ apiKey: samples.apiKey({ id: 'other', accountId: 'account-2' }), secretHash: '9'.repeat(64) })
    await store.revokeApiKey({ ...key, apiKeyId: 'revoked', at: at(1) })
    assert.deepEqual(await store.countApiKeys({ accountId: 'account-1', at: at(10) }), { current: 3, replaced: 1 })
    assert.deepEqual(await store.countApiKeys({ accountId: 'account-1', at: at(9) }), { current: 4, replaced: 2 })
    assert.deepEqual(await store.countApiKeys({ accountId: 'nowhere', at: at(10) }), { current: 0, replaced: 0 })
  },
  ...keyUseCases,
}
