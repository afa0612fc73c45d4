import assert from 'node:assert/strict'
import { samples } from '../samples.js'
import { addAccount, at, type StoreCases } from './world.js'

/** Promises about people's places in accounts. */
export const membershipCases: StoreCases = {
  'a membership comes back with its role and its moment': async (store) => {
    await addAccount(store)
    for (const role of ['owner', 'admin', 'member'] as const) {
      await store.addUser(samples.newUser({ id: role }))
      const membership = samples.membership({ userId: role, role, createdAt: at(7) })
      await store.addMembership(membership)
      assert.deepEqual(await store.findMembership({ accountId: 'account-1', userId: role }), membership)
    }
  },
  'a membership is of one account': async (store) => {
    await addAccount(store)
    await addAccount(store, { id: 'account-2' })
    assert.equal(await store.findMembership({ accountId: 'account-2', userId: 'account-1:owner' }), null)
    assert.equal(await store.findMembership({ accountId: 'account-1', userId: 'nobody' }), null)
    assert.equal(await store.findMembership({ accountId: 'nowhere', userId: 'account-1:owner' }), null)
  },
  'a person may be a member of several accounts, in a different role in each': async (store) => {
    await addAccount(store)
    await addAccount(store, { id: 'account-2' })
    await store.addMembership(samples.membership({ accountId: 'account-2', userId: 'account-1:owner', role: 'member' }))
    assert.equal((await store.findMembership({ accountId: 'account-1', userId: 'account-1:owner' }))?.role, 'owner')
    assert.equal((await store.findMembership({ accountId: 'account-2', userId: 'account-1:owner' }))?.role, 'member')
  },
  'a second membership of one person in one account is an error, and the first stays': async (store) => {
    await addAccount(store)
    await assert.rejects(store.addMembership(samples.membership({ userId: 'account-1:owner', role: 'member' })))
    assert.equal((await store.findMembership({ accountId: 'account-1', userId: 'account-1:owner' }))?.role, 'owner')
  },
  'a membership needs its person and its account': async (store) => {
    await addAccount(store)
    await store.addUser(samples.newUser())
    await assert.rejects(store.addMembership(samples.membership({ userId: 'nobody' })))
    await assert.rejects(store.addMembership(samples.membership({ accountId: 'nowhere' })))
    assert.equal(await store.findMembership({ accountId: 'account-1', userId: 'nobody' }), null)
    assert.equal(await store.findMembership({ accountId: 'nowhere', userId: 'user-1' }), null)
  },
}
