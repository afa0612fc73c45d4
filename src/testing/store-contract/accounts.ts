import assert from 'node:assert/strict'
import { type Account, accountStatuses, paymentMethods } from '../../domain/account.js'
import { emptyLedger, grant } from '../../domain/ledger.js'
import { samples } from '../samples.js'
import { addAccount, at, atOnce, locked, type StoreCases, stampAt, stateOf } from './world.js'

const plain = samples.account({ ownerId: 'account-1:owner', credits: 0 })

/** Promises about accounts and what holds them. */
export const accountCases: StoreCases = {
  'a new account comes back with its plan, no subscription and an empty ledger': async (store) => {
    await addAccount(store)
    const state = {
      account: plain,
      subscription: null,
      ledger: emptyLedger('account-1'),
      settlesAt: null,
      paymentDueAt: null,
      livedUntil: null,
      nextDueAt: null,
    }
    assert.deepEqual(await store.findAccountState('account-1'), state)
  },
  'every status and payment method comes back': async (store) => {
    for (const status of accountStatuses) {
      for (const paymentMethod of paymentMethods) {
        const id = `${status}-${paymentMethod}`
        await addAccount(store, { id, status, paymentMethod, name: `${id} "Söhne" & 'Töchter' \\ 漢字` })
        const { account } = await stateOf(store, id)
        assert.deepEqual(account, {
          ...plain,
          id,
          status,
          paymentMethod,
          name: `${id} "Söhne" & 'Töchter' \\ 漢字`,
          ownerId: `${id}:owner`,
        })
      }
    }
  },
  'an account may be without a plan and without an owner': async (store) => {
    await addAccount(store, { planId: null, ownerId: null })
    assert.deepEqual((await stateOf(store)).account, { ...plain, plan: null, ownerId: null })
  },
  'an account that is not there is null, locked or not': async (store) => {
    await addAccount(store)
    assert.equal(await store.findAccountState('account-2'), null)
    assert.equal(await store.transaction((tx) => tx.lockAccount('account-2')), null)
  },
  'locking an account reads what reading it reads': async (store) => {
    await addAccount(store, { subscription: {}, grants: [samples.grant()], settlesAt: at(9) })
    const state = await store.transaction((tx) => tx.lockAccount('account-1'))
    assert.deepEqual(state, await store.findAccountState('account-1'))
  },
  'a second account with the same id is an error, and the first stays': async (store) => {
    await addAccount(store)
    await assert.rejects(store.transaction((tx) => tx.addAccount(samples.newAccount({ name: 'Second', ownerId: null }))))
    assert.deepEqual((await stateOf(store)).account, plain)
  },
  'an account needs the plan and the owner that it names': async (store) => {
    await addAccount(store)
    const owned = samples.newAccount({ id: 'account-2', ownerId: 'nobody' })
    const planned = samples.newAccount({ id: 'account-2', ownerId: null, planId: 'no-plan' })
    await assert.rejects(store.transaction((tx) => tx.addAccount(owned)))
    await assert.rejects(store.transaction((tx) => tx.addAccount(planned)))
    assert.equal(await store.findAccountState('account-2'), null)
  },
  'saveAccount writes what it names': async (store) => {
    await addAccount(store)
    await store.upsertPlan(samples.planContent({ id: 'plan-2', slug: 'pro', name: 'Pro' }))
    await store.transaction(async (tx) => {
      await locked(tx)
      const change = { status: 'suspended', statusReason: 'Fraud "?"', paymentMethod: 'stripe', planId: 'plan-2' } as const
      await tx.saveAccount({ accountId: 'account-1', ...change, at: at(5) })
    })
    const plan = samples.plan({ id: 'plan-2', slug: 'pro', name: 'Pro' })
    const expected = { ...plain, status: 'suspended', statusReason: 'Fraud "?"', paymentMethod: 'stripe', plan }
    assert.deepEqual((await stateOf(store)).account, expected)
  },
  'throttles of its own come back with an account, wherever it is read, and go': async (store) => {
    await addAccount(store)
    await addAccount(store, { id: 'account-2' })
    const throttles = { api: { limit: 5, windowSeconds: 60, burst: 2 }, 'a.b:c-d_e': { limit: 1, windowSeconds: 1 } }
    const save = (rules: Account['throttles']) =>
      store.transaction(async (tx) => {
        await locked(tx)
        await tx.saveAccount({ accountId: 'account-1', throttles: rules, at: at(5) })
      })
    await save(throttles)
    assert.deepEqual((await store.findAccountAccess('account-1'))?.account, { ...plain, throttles })
    assert.deepEqual((await stateOf(store)).account.throttles, throttles)
    assert.deepEqual((await stateOf(store, 'account-2')).account.throttles, {})
    await save({})
    assert.deepEqual((await stateOf(store)).account, plain)
  },
  'saveAccount leaves what it does not name, and other accounts, as they are': async (store) => {
    const possessions = { subscription: {}, grants: [samples.grant()], settlesAt: at(9) }
    await addAccount(store, possessions)
    await addAccount(store, { id: 'account-2' })
    const before = [await stateOf(store), await stateOf(store, 'account-2')]
    const changes = [{ statusReason: 'why' }, { status: 'cancelled' }, { paymentMethod: 'paypal' }, {}] as const
    for (const change of changes) {
      await store.transaction(async (tx) => {
        await locked(tx)
        await tx.saveAccount({ accountId: 'account-1', ...change, at: at(5) })
      })
    }
    const account = { ...before[0]?.account, statusReason: 'why', status: 'cancelled', paymentMethod: 'paypal' }
    assert.deepEqual([await stateOf(store), await stateOf(store, 'account-2')], [{ ...before[0], account }, before[1]])
  },
  'saveAccount with a reason of null takes the reason away': async (store) => {
    await addAccount(store)
    for (const statusReason of ['why', null]) {
      await store.transaction(async (tx) => {
        await locked(tx)
        await tx.saveAccount({ accountId: 'account-1', statusReason, at: at(5) })
      })
      assert.equal((await stateOf(store)).account.statusReason, statusReason)
    }
  },
  'transactions that lock one account at once change it one after the other': async (store) => {
    await addAccount(store)
    await atOnce(8, (index) =>
      store.transaction(async (tx) => {
        const { ledger: before, account } = await locked(tx)
        await tx.saveAccount({ accountId: 'account-1', statusReason: `${account.statusReason ?? ''}x`, at: at(index) })
        const ledger = grant(before, samples.grant({ amount: 5, idempotencyKey: `grant-${index}` }), stampAt(index))
        await tx.saveLedger({ before, after: { ledger, fingerprints: {} }, settlesAt: null })
      }),
    )
    const { account, ledger } = await stateOf(store)
    assert.deepEqual({ reason: account.statusReason, credits: account.credits }, { reason: 'xxxxxxxx', credits: 40 })
    assert.deepEqual({ sequence: ledger.sequence, lots: ledger.lots.length }, { sequence: 8, lots: 8 })
  },
  'several accounts are locked in one transaction': async (store) => {
    await addAccount(store)
    await addAccount(store, { id: 'account-2' })
    await atOnce(4, (index) =>
      store.transaction(async (tx) => {
        for (const accountId of ['account-1', 'account-2']) {
          const { account } = await locked(tx, accountId)
          await tx.saveAccount({ accountId, statusReason: `${account.statusReason ?? ''}x`, at: at(index) })
        }
      }),
    )
    assert.equal((await stateOf(store)).account.statusReason, 'xxxx')
    assert.equal((await stateOf(store, 'account-2')).account.statusReason, 'xxxx')
  },
}
