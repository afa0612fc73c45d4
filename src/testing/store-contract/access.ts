import assert from 'node:assert/strict'
import type { Account } from '../../domain/account.js'
import { grant } from '../../domain/ledger.js'
import { samples } from '../samples.js'
import { addAccount, at, changeLedger, locked, type StoreCases, stampAt } from './world.js'

const owner = samples.user({ id: 'account-1:owner', email: 'account-1@example.com' })
const account = (overrides: Partial<Account> = {}): Account => samples.account({ ownerId: owner.id, credits: 0, ...overrides })
const tokenHash = samples.session().tokenHash
const secretHash = 'b'.repeat(64)

/** Promises about what the gate reads. */
export const accessCases: StoreCases = {
  'an account is found with its plan, its balance and its subscription': async (store) => {
    await addAccount(store, { status: 'trial', subscription: { status: 'trialing' }, grants: [samples.grant({ amount: 7 })] })
    const subscription = samples.subscription({ id: 'account-1:subscription', status: 'trialing' })
    assert.deepEqual(await store.findAccountAccess('account-1'), { account: account({ status: 'trial', credits: 7 }), subscription })
  },
  'an account without a plan or a subscription is found without': async (store) => {
    await addAccount(store, { planId: null })
    assert.deepEqual(await store.findAccountAccess('account-1'), { account: account({ plan: null }), subscription: null })
  },
  'an account that is not there is null': async (store) => {
    await addAccount(store)
    assert.equal(await store.findAccountAccess('account-2'), null)
  },
  'the gate sees at once what has changed about account, plan and balance': async (store) => {
    await addAccount(store, { grants: [samples.grant({ amount: 7 })] })
    await store.setPlanActive({ slug: 'starter', isActive: false, at: at(1) })
    await store.spendCredits(samples.spend({ amount: 3 }))
    await store.transaction(async (tx) => {
      await locked(tx)
      await tx.saveAccount({ accountId: 'account-1', status: 'suspended', statusReason: 'fraud', at: at(2) })
    })
    const changed = account({ status: 'suspended', statusReason: 'fraud', credits: 4, plan: samples.plan({ isActive: false }) })
    assert.deepEqual((await store.findAccountAccess('account-1'))?.account, changed)
  },
  'a person is found with their account': async (store) => {
    await addAccount(store, { subscription: {} })
    const access = await store.findAccountAccess('account-1')
    assert.deepEqual(await store.findUserAccess(owner.id), { user: owner, access })
  },
  'a person without an account is found without': async (store) => {
    await store.addUser(samples.newUser())
    assert.deepEqual(await store.findUserAccess('user-1'), { user: samples.user(), access: null })
  },
  'a person who is not there is null': async (store) => {
    await addAccount(store)
    assert.equal(await store.findUserAccess('user-1'), null)
  },
  'a person with several accounts is judged by the oldest membership': async (store) => {
    for (const id of ['account-1', 'account-2', 'account-3']) await addAccount(store, { id })
    await store.addUser(samples.newUser())
    await store.addMembership(samples.membership({ accountId: 'account-1', createdAt: at(9) }))
    await store.addMembership(samples.membership({ accountId: 'account-2', role: 'member', createdAt: at(7) }))
    await store.addMembership(samples.membership({ accountId: 'account-3', createdAt: at(8) }))
    assert.equal((await store.findUserAccess('user-1'))?.access?.account.id, 'account-2')
  },
  'a session is found with person, role, account, plan and subscription': async (store) => {
    await addAccount(store, { subscription: {} })
    await store.addSession(samples.session({ userId: owner.id, expiresAt: at(1000) }))
    assert.deepEqual(await store.findSessionAccess(tokenHash), {
      user: owner,
      expiresAt: at(1000),
      revokedAt: null,
      role: 'owner',
      access: await store.findAccountAccess('account-1'),
    })
  },
  'a session that has expired or was revoked is found as that': async (store) => {
    await addAccount(store)
    await store.addSession(samples.session({ userId: owner.id, createdAt: at(-2000), expiresAt: at(-1000) }))
    assert.deepEqual((await store.findSessionAccess(tokenHash))?.expiresAt, at(-1000))
    await store.addSession(samples.session({ tokenHash: 'c'.repeat(64), userId: owner.id }))
    await store.revokeSession({ tokenHash: 'c'.repeat(64), at: at(77) })
    const revoked = await store.findSessionAccess('c'.repeat(64))
    assert.deepEqual(revoked?.revokedAt, at(77))
    assert.equal(revoked?.access?.account.id, 'account-1')
  },
  'a session of an administrator without an account is found without': async (store) => {
    await store.addUser(samples.newUser({ platformRole: 'admin' }))
    await store.addSession(samples.session({ accountId: null, expiresAt: at(1000) }))
    const user = samples.user({ platformRole: 'admin' })
    assert.deepEqual(await store.findSessionAccess(tokenHash), { user, expiresAt: at(1000), revokedAt: null, role: null, access: null })
  },
  'a session of a person who is no member of its account gives no access': async (store) => {
    await addAccount(store)
    await store.addUser(samples.newUser())
    await store.addSession(samples.session({ userId: 'user-1', accountId: 'account-1' }))
    const found = await store.findSessionAccess(tokenHash)
    assert.deepEqual({ id: found?.user.id, role: found?.role, access: found?.access }, { id: 'user-1', role: null, access: null })
  },
  'a session acts for its own account, in the role there, whatever other accounts the person has': async (store) => {
    await addAccount(store)
    await addAccount(store, { id: 'account-2' })
    await store.addMembership(samples.membership({ accountId: 'account-2', userId: owner.id, role: 'member', createdAt: at(9) }))
    await store.addSession(samples.session({ userId: owner.id, accountId: 'account-2' }))
    const found = await store.findSessionAccess(tokenHash)
    assert.deepEqual({ role: found?.role, account: found?.access?.account.id }, { role: 'member', account: 'account-2' })
  },
  'a session or a key that is not there is null': async (store) => {
    await addAccount(store)
    assert.equal(await store.findSessionAccess(tokenHash), null)
    assert.equal(await store.findApiKeyAccess(secretHash), null)
  },
  "a key is found with its account and the account's owner": async (store) => {
    await addAccount(store, { subscription: {}, grants: [samples.grant({ amount: 7 })] })
    const apiKey = samples.apiKey({ scopes: ['read', 'write'], expiresAt: at(5) })
    await store.addApiKey({ apiKey, secretHash })
    const access = await store.findAccountAccess('account-1')
    assert.deepEqual(await store.findApiKeyAccess(secretHash), { apiKey, owner, access })
  },
  'a key of an account without an owner, plan or subscription is found without': async (store) => {
    await addAccount(store, { ownerId: null, planId: null })
    await store.addApiKey({ apiKey: samples.apiKey(), secretHash })
    const access = { account: account({ ownerId: null, plan: null }), subscription: null }
    assert.deepEqual(await store.findApiKeyAccess(secretHash), { apiKey: samples.apiKey(), owner: null, access })
  },
  'a key that has expired or was revoked is found as that': async (store) => {
    await addAccount(store)
    await store.addApiKey({ apiKey: samples.apiKey({ expiresAt: at(-1000) }), secretHash })
    await store.revokeApiKey({ accountId: 'account-1', apiKeyId: 'key-1', at: at(77) })
    const found = await store.findApiKeyAccess(secretHash)
    assert.deepEqual(found?.apiKey, samples.apiKey({ expiresAt: at(-1000), revokedAt: at(77) }))
  },
  'the account of the gate has the stored balance, also when its lots wait for their settlement': async (store) => {
    await addAccount(store)
    await changeLedger(store, (ledger) => grant(ledger, samples.grant({ amount: 9, expiresAt: at(5) }), stampAt()), { settlesAt: at(5) })
    await store.spendCredits(samples.spend({ amount: 2, createdAt: at(1) }))
    assert.equal((await store.findAccountAccess('account-1'))?.account.credits, 7)
  },
}
