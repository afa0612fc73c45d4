import assert from 'node:assert/strict'
import type { Payment } from '../../domain/payment.js'
import type { Store } from '../../ports/store/store.js'
import { samples } from '../samples.js'
import { addAccount, at, locked, present, type StoreCases, stateOf } from './world.js'

/** Adds accounts that are due so many milliseconds after the moment of the samples. */
async function addDue(store: Store, dueIn: Readonly<Record<string, number | null>>): Promise<void> {
  for (const [id, delay] of Object.entries(dueIn)) {
    await addAccount(store, { id, subscription: {}, grants: [samples.grant()] })
    await store.transaction(async (tx) => {
      await locked(tx, id)
      await tx.saveDueDates([{ accountId: id, livedUntil: null, nextDueAt: delay === null ? null : at(delay) }])
    })
  }
}

async function dueAt(store: Store, milliseconds: number, { limit = 10, except = [] as string[] } = {}): Promise<string[]> {
  const due = await store.transaction((tx) => tx.lockDueAccounts({ now: at(milliseconds), limit, except }))
  return due.map(({ account }) => account.id)
}

/** Promises about what time brings to accounts, and about changes of many at once. */
export const dueCases: StoreCases = {
  'accounts are due from their moment on, those that have waited longest first': async (store) => {
    await addDue(store, { b: 20, a: 30, c: 10, never: null })
    assert.deepEqual(await dueAt(store, 9), [])
    assert.deepEqual(await dueAt(store, 10), ['c'])
    assert.deepEqual(await dueAt(store, 29), ['c', 'b'])
    assert.deepEqual(await dueAt(store, 30), ['c', 'b', 'a'])
    assert.deepEqual(await dueAt(store, 30, { limit: 2 }), ['c', 'b'])
    assert.deepEqual(await dueAt(store, 30, { limit: 2, except: ['c', 'never', 'nobody'] }), ['b', 'a'])
  },
  'of accounts that have waited equally long the lower id comes first': async (store) => {
    await addDue(store, { b: 5, a: 5, C: 5 })
    assert.deepEqual(await dueAt(store, 5), ['C', 'a', 'b'])
  },
  'an account that is due comes as it is locked, and is held': async (store) => {
    await addDue(store, { 'account-1': 1, 'account-2': 2 })
    await store.transaction(async (tx) => {
      const due = await tx.lockDueAccounts({ now: at(2), limit: 10, except: [] })
      assert.deepEqual(due, [await stateIn(tx, 'account-1'), await stateIn(tx, 'account-2')])
      await tx.saveAccount({ accountId: 'account-2', status: 'suspended', statusReason: 'held', at: at(3) })
    })
    assert.equal((await stateOf(store, 'account-2')).account.status, 'suspended')
  },
  'how far an account has lived and when it is due comes back, and can be taken back': async (store) => {
    await addDue(store, { 'account-1': 1, 'account-2': 2 })
    const other = await stateOf(store, 'account-2')
    const write = (livedUntil: Date | null, nextDueAt: Date | null) =>
      store.transaction(async (tx) => {
        await locked(tx)
        await tx.saveDueDates([{ accountId: 'account-1', livedUntil, nextDueAt }])
      })
    await write(at(7), at(9))
    const { livedUntil, nextDueAt } = await stateOf(store)
    assert.deepEqual({ livedUntil, nextDueAt }, { livedUntil: at(7), nextDueAt: at(9) })
    await write(at(7), null)
    assert.equal((await stateOf(store)).nextDueAt, null)
    assert.deepEqual(await stateOf(store, 'account-2'), other)
  },
  'payments that should come are those that are not decided and have a due date, the first that is due first': async (store) => {
    await addAccount(store)
    await addAccount(store, { id: 'account-2' })
    const save = (payment: Partial<Payment>) =>
      store.transaction(async (tx) => {
        await locked(tx, payment.accountId ?? 'account-1')
        await tx.savePayment(samples.recordedPayment(payment))
      })
    await save({ id: 'late', dueAt: at(30) })
    await save({ id: 'early', dueAt: at(10), status: 'submitted' })
    await save({ id: 'same', dueAt: at(30) })
    await save({ id: 'undated', dueAt: null })
    await save({ id: 'other', accountId: 'account-2', dueAt: at(20) })
    for (const status of ['confirmed', 'rejected', 'refunded'] as const) await save({ id: status, status, dueAt: at(5) })
    const expected = async (...accountIds: string[]) => (await store.listExpectedPayments(accountIds)).map(({ id }) => id)
    assert.deepEqual(await expected('account-1'), ['early', 'late', 'same'])
    assert.deepEqual(await expected('account-2', 'account-1', 'nobody'), ['early', 'late', 'same', 'other'])
    assert.deepEqual(await expected(), [])
    const paymentDueAfter = async (livedUntil: Date | null) => {
      await store.transaction(async (tx) => {
        await locked(tx)
        await tx.saveDueDates([{ accountId: 'account-1', livedUntil, nextDueAt: at(1) }])
      })
      const [held] = await store.transaction((tx) => tx.lockDueAccounts({ now: at(1), limit: 1, except: [] }))
      const { paymentDueAt } = await stateOf(store)
      assert.deepEqual(held?.paymentDueAt, paymentDueAt)
      return paymentDueAt
    }
    assert.deepEqual(await paymentDueAfter(null), at(10))
    assert.deepEqual(await paymentDueAfter(at(9)), at(10))
    assert.deepEqual(await paymentDueAfter(at(10)), at(30))
    assert.equal(await paymentDueAfter(at(30)), null)
  },
  'changes of many accounts at once come to what they come to one by one': async (store) => {
    await addDue(store, { a: 1, b: 2, c: 3 })
    await store.transaction(async (tx) => {
      const due = await tx.lockDueAccounts({ now: at(3), limit: 10, except: [] })
      await tx.saveAccounts(due.map(({ account }) => ({ accountId: account.id, ...statusOf[account.id], at: at(4) })))
      await tx.saveSubscriptions(
        due.map(({ account, subscription }) => ({ ...present(subscription), externalPaymentId: `of ${account.id}` })),
      )
      await tx.saveDueDates(due.map(({ account, nextDueAt }) => ({ accountId: account.id, livedUntil: at(4), nextDueAt })))
      for (const none of [tx.saveAccounts, tx.saveSubscriptions, tx.saveLedgers, tx.saveDueDates]) await none([])
    })
    for (const id of ['a', 'b', 'c']) {
      const { account, subscription, livedUntil } = await stateOf(store, id)
      assert.deepEqual({ status: account.status, statusReason: account.statusReason }, statusOf[id])
      assert.deepEqual({ livedUntil, of: subscription?.externalPaymentId }, { livedUntil: at(4), of: `of ${id}` })
    }
  },
}

const statusOf: Readonly<Record<string, { status: 'suspended' | 'active'; statusReason: string | null }>> = {
  a: { status: 'suspended', statusReason: 'Zoë\'s "reason"' },
  b: { status: 'active', statusReason: null },
  c: { status: 'suspended', statusReason: 'Zoë\'s "reason"' },
}

const stateIn = async (tx: Parameters<Parameters<Store['transaction']>[0]>[0], accountId: string) =>
  present(await tx.findAccountState(accountId))
