import assert from 'node:assert/strict'
import type { Store } from '../../ports/store/store.js'
import { samples } from '../samples.js'
import { addAccount, at, atOnce, count, type StoreCases } from './world.js'

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(64)) as [string, string, string, string]
const userId = 'account-1:owner'

async function addSessions(store: Store, tokenHashes: readonly string[], expiresAt = at(1000)): Promise<void> {
  for (const tokenHash of tokenHashes) await store.addSession(samples.session({ tokenHash, userId, expiresAt }))
}

const revokedAt = async (store: Store, tokenHash: string): Promise<Date | null | undefined> =>
  (await store.findSessionAccess(tokenHash))?.revokedAt

/** Promises about sessions. How they are found is among those about access. */
export const sessionCases: StoreCases = {
  'a session needs its person': async (store) => {
    await addAccount(store)
    await assert.rejects(store.addSession(samples.session({ userId: 'nobody' })))
    assert.equal(await store.findSessionAccess(a), null)
  },
  'a second session with the same hash is an error, and the first stays': async (store) => {
    await addAccount(store)
    await addSessions(store, [a], at(1000))
    await assert.rejects(addSessions(store, [a], at(2000)))
    assert.deepEqual((await store.findSessionAccess(a))?.expiresAt, at(1000))
  },
  'a session is ended once': async (store) => {
    await addAccount(store)
    await addSessions(store, [a, b])
    assert.equal(await store.revokeSession({ tokenHash: a, at: at(5) }), true)
    assert.equal(await store.revokeSession({ tokenHash: a, at: at(6) }), false)
    assert.deepEqual(await revokedAt(store, a), at(5))
    assert.equal(await revokedAt(store, b), null)
  },
  'a session that is not there, or has expired, cannot be ended': async (store) => {
    await addAccount(store)
    await addSessions(store, [a], at(1000))
    assert.equal(await store.revokeSession({ tokenHash: b, at: at(5) }), false)
    assert.equal(await store.revokeSession({ tokenHash: a, at: at(1000) }), false)
    assert.equal(await revokedAt(store, a), null)
    assert.equal(await store.revokeSession({ tokenHash: a, at: at(999) }), true)
  },
  'of many who end one session at once, one ends it': async (store) => {
    await addAccount(store)
    await addSessions(store, [a])
    const answers = await atOnce(8, (index) => store.revokeSession({ tokenHash: a, at: at(index) }))
    assert.equal(count(answers, true), 1)
    assert.deepEqual(await revokedAt(store, a), at(answers.indexOf(true)))
  },
  'revokeSessions ends the sessions of a person but for one, and counts them': async (store) => {
    await addAccount(store)
    await addSessions(store, [a, b, c])
    assert.equal(await store.revokeSessions({ userId, keepTokenHash: b, at: at(5) }), 2)
    assert.deepEqual([await revokedAt(store, a), await revokedAt(store, b), await revokedAt(store, c)], [at(5), null, at(5)])
  },
  'revokeSessions without one to keep ends them all': async (store) => {
    await addAccount(store)
    await addSessions(store, [a, b])
    assert.equal(await store.revokeSessions({ userId, keepTokenHash: null, at: at(5) }), 2)
    assert.deepEqual([await revokedAt(store, a), await revokedAt(store, b)], [at(5), at(5)])
  },
  'revokeSessions leaves sessions that have ended as they are, and does not count them': async (store) => {
    await addAccount(store)
    await addSessions(store, [a, b], at(1000))
    await addSessions(store, [c], at(20))
    await store.revokeSession({ tokenHash: a, at: at(5) })
    assert.equal(await store.revokeSessions({ userId, keepTokenHash: null, at: at(20) }), 1)
    assert.deepEqual([await revokedAt(store, a), await revokedAt(store, b), await revokedAt(store, c)], [at(5), at(20), null])
  },
  "revokeSessions leaves other people's sessions alone": async (store) => {
    await addAccount(store)
    await addAccount(store, { id: 'account-2' })
    await addSessions(store, [a])
    await store.addSession(samples.session({ tokenHash: d, userId: 'account-2:owner', accountId: 'account-2' }))
    assert.equal(await store.revokeSessions({ userId, keepTokenHash: d, at: at(5) }), 1)
    assert.equal(await store.revokeSessions({ userId: 'nobody', keepTokenHash: null, at: at(6) }), 0)
    assert.equal(await revokedAt(store, d), null)
  },
}
