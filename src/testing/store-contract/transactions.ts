import assert from 'node:assert/strict'
import { isTenantryError, TenantryError } from '../../errors.js'
import type { Store, StoreTransaction } from '../../ports/store/store.js'
import { samples } from '../samples.js'
import { addEverything, changeEverything, readEverything } from './everything.js'
import { addAccount, at, atOnce, locked, present, type StoreCases, stateOf } from './world.js'

const rollBack = new Error('rolled back')

/** Runs `work` in a transaction that then throws, and passes over that. */
async function rolledBack(store: Store, work: (tx: StoreTransaction) => Promise<unknown>): Promise<void> {
  const transaction = store.transaction(async (tx) => {
    await work(tx)
    throw rollBack
  })
  await assert.rejects(transaction, (error) => error === rollBack)
}

/** Promises about transactions. */
export const transactionCases: StoreCases = {
  'a transaction answers what its work answers': async (store) => {
    assert.deepEqual(await store.transaction(async () => ({ done: 7 })), { done: 7 })
    assert.equal(await store.transaction(async () => undefined), undefined)
    assert.equal(await store.transaction((tx) => tx.addUser(samples.newUser())), 'added')
  },
  'a refusal that the work throws comes out unchanged': async (store) => {
    const refusal = new TenantryError('forbidden', { action: 'test' })
    const transaction = store.transaction(async (tx) => {
      await tx.addUser(samples.newUser())
      throw refusal
    })
    await assert.rejects(transaction, (error) => error === refusal && isTenantryError(error, 'forbidden'))
    assert.equal(await store.findUser('user-1'), null)
  },
  'any other error that the work throws comes out unchanged': async (store) => {
    const thrown = Object.assign(new TypeError('from the work'), { code: 'E_OWN' })
    const transaction = store.transaction(async (tx) => {
      await tx.addUser(samples.newUser())
      throw thrown
    })
    await assert.rejects(transaction, (error) => error === thrown)
    assert.equal(await store.findUser('user-1'), null)
  },
  'a transaction that ends well keeps what every verb wrote': async (store) => {
    await addEverything(store)
    const before = await readEverything(store)
    await store.transaction(changeEverything)
    const after = await readEverything(store)
    for (const [name, value] of Object.entries(before)) assert.notDeepEqual(after[name], value, name)
  },
  'a transaction sees its own changes': async (store) => {
    await addEverything(store)
    const inside = await store.transaction(async (tx) => {
      await changeEverything(tx)
      return readEverything(tx)
    })
    assert.deepEqual(inside, await readEverything(store))
  },
  'a transaction that throws undoes what every verb wrote': async (store) => {
    await addEverything(store)
    const before = await readEverything(store)
    await rolledBack(store, changeEverything)
    assert.deepEqual(await readEverything(store), before)
  },
  'what was rolled back can be done again': async (store) => {
    await addEverything(store)
    await rolledBack(store, changeEverything)
    await rolledBack(store, changeEverything)
    await store.transaction(changeEverything)
    const { account, ledger } = await stateOf(store)
    assert.deepEqual([account.status, account.credits, ledger.sequence], ['cancelled', 91, 5])
    const late = { method: 'stripe', externalPaymentId: 'pi_1', accountId: 'account-1', paymentId: 'late' } as const
    assert.equal((await store.claimPaymentReference(late)).paymentId, 'payment-1')
  },
  'a transaction that adds and throws leaves an empty store empty': async (store) => {
    const before = await readEverything(store)
    await rolledBack(store, async (tx) => {
      await tx.upsertPlan(samples.planContent())
      await tx.addUser(samples.newUser())
      await tx.addAccount(samples.newAccount())
      await tx.addMembership(samples.membership())
      await tx.saveSubscription(samples.subscription())
    })
    assert.deepEqual(await readEverything(store), before)
    assert.deepEqual(await store.snapshot((books) => books.listAccountIds({ after: null, limit: 5 })), [])
  },
  'nothing of a transaction is seen outside before its end': async (store) => {
    await addEverything(store)
    const before = await readEverything(store)
    const outside: Promise<Record<string, unknown>>[] = []
    await rolledBack(store, async (tx) => {
      await changeEverything(tx)
      outside.push(readEverything(store))
      await readEverything(tx)
    })
    assert.deepEqual(await Promise.all(outside), [before])
  },
  'an operation that fails dooms its transaction, even if the work goes on': async (store) => {
    await addAccount(store)
    const transaction = store.transaction(async (tx) => {
      await tx.addUser(samples.newUser())
      await tx.addMembership(samples.membership({ accountId: 'nowhere' })).catch(() => undefined)
      return 'as if nothing had happened'
    })
    await assert.rejects(transaction)
    assert.equal(await store.findUser('user-1'), null)
  },
  'a verb whose guard does not hold leaves the transaction usable': async (store) => {
    await addEverything(store)
    await store.transaction(async (tx) => {
      assert.equal(await tx.spendCredits(samples.spend({ amount: 101 })), null)
      assert.equal(await tx.setPlanActive({ slug: 'no-plan', isActive: true, at: at(5) }), null)
      assert.equal(await tx.setPasswordHash({ userId: 'user-1', from: 'other', to: 'new', at: at(5) }), false)
      assert.equal(await tx.revokeSession({ tokenHash: 'f'.repeat(64), at: at(5) }), false)
      assert.equal(await tx.addUser(samples.newUser({ id: 'user-2' })), 'added')
    })
    assert.deepEqual(await store.findUser('user-2'), samples.newUser({ id: 'user-2' }))
  },
  'after a transaction that failed the store goes on': async (store) => {
    await atOnce(5, () => rolledBack(store, (tx) => tx.addUser(samples.newUser())))
    assert.equal(await store.addUser(samples.newUser()), 'added')
    assert.equal(await store.transaction((tx) => tx.addUser(samples.newUser({ id: 'user-2' }))), 'added')
  },
  'one transaction that fails does not disturb the others of its time': async (store) => {
    const answers = await atOnce(6, async (index) => {
      const add = (tx: StoreTransaction) => tx.addUser(samples.newUser({ id: `user-${index}` }))
      return index % 2 === 0 ? store.transaction(add) : rolledBack(store, add)
    })
    assert.deepEqual(answers, ['added', undefined, 'added', undefined, 'added', undefined])
    const found = await atOnce(6, async (index) => (await store.findUser(`user-${index}`)) !== null)
    assert.deepEqual(found, [true, false, true, false, true, false])
  },
  'operations of a transaction may be asked for at once': async (store) => {
    await addAccount(store, { grants: [samples.grant({ amount: 100 })] })
    await store.transaction(async (tx) => {
      await locked(tx)
      await atOnce(5, (index) => tx.spendCredits(samples.spend({ id: `spend-${index}` })))
    })
    const { ledger } = await stateOf(store)
    assert.deepEqual([ledger.balance, ledger.sequence], [50, 6])
  },
  'values that were given or answered are not shared with the store': async (store) => {
    await addAccount(store, { grants: [samples.grant()] })
    const metadata = { list: [1] }
    const createdAt = at(1)
    const spent = present(await store.spendCredits(samples.spend({ metadata, createdAt })))
    metadata.list.push(2)
    createdAt.setTime(0)
    Object.assign(spent.entry.metadata, { list: [3] })
    spent.entry.createdAt.setTime(0)
    const stored = await store.findCreditEntryByKey({ accountId: 'account-1', idempotencyKey: 'key:spend-1' })
    assert.deepEqual([stored?.entry.metadata, stored?.entry.createdAt], [{ list: [1] }, at(1)])
  },
}
