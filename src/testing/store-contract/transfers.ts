import assert from 'node:assert/strict'
import { paymentMethods } from '../../domain/account.js'
import { paymentStatuses } from '../../domain/payment.js'
import type { RecordedPayment, TransferReference } from '../../ports/store/payments.js'
import type { Store } from '../../ports/store/store.js'
import { samples } from '../samples.js'
import { addAccount, at, atOnce, count, locked, type StoreCases } from './world.js'

async function save(store: Store, payment: RecordedPayment): Promise<RecordedPayment> {
  await store.transaction(async (tx) => {
    await locked(tx, payment.payment.accountId)
    await tx.savePayment(payment)
  })
  return payment
}

const claim = (overrides: Partial<TransferReference> = {}): TransferReference => ({
  reference: 'RF15BBBBBBBB',
  accountId: 'account-1',
  paymentId: 'payment-1',
  ...overrides,
})

/** Promises about transfers that customers are asked for. */
export const transferCases: StoreCases = {
  'an account without an open transfer has none': async (store) => {
    await addAccount(store)
    assert.equal(await store.findOpenTransfer('account-1'), null)
    assert.equal(await store.findOpenTransfer('nowhere'), null)
  },
  'only a bank transfer that is requested or submitted is open': async (store) => {
    for (const status of paymentStatuses) {
      for (const method of paymentMethods) {
        const accountId = `account-${status}-${method}`
        await addAccount(store, { id: accountId })
        const saved = await save(store, samples.recordedPayment({ id: `${status}-${method}`, accountId, status, method }))
        const isOpen = method === 'bank_transfer' && (status === 'requested' || status === 'submitted')
        assert.deepEqual(await store.findOpenTransfer(accountId), isOpen ? saved : null)
      }
    }
  },
  'the newest open transfer of the account is found, and no other account’s': async (store) => {
    await addAccount(store)
    await addAccount(store, { id: 'account-2' })
    await save(store, samples.recordedPayment({ id: 'p1', createdAt: at(1) }))
    const newest = await save(store, samples.recordedPayment({ id: 'p2', status: 'submitted', createdAt: at(2), dueAt: at(20) }))
    await save(store, samples.recordedPayment({ id: 'p3', status: 'rejected', createdAt: at(3) }))
    await save(store, samples.recordedPayment({ id: 'p4', accountId: 'account-2', createdAt: at(4) }))
    assert.deepEqual(await store.findOpenTransfer('account-1'), newest)
  },
  'a reference finds the payment that it was claimed for, as it is now': async (store) => {
    await addAccount(store)
    assert.equal(await store.findTransferByReference('RF15BBBBBBBB'), null)
    assert.equal(await store.claimTransferReference(claim()), true)
    assert.equal(await store.findTransferByReference('RF15BBBBBBBB'), null)
    await save(store, samples.recordedPayment())
    const changed = await save(store, samples.recordedPayment({ status: 'rejected', reason: 'nothing came' }))
    assert.deepEqual(await store.findTransferByReference('RF15BBBBBBBB'), changed)
    assert.equal(await store.findTransferByReference('rf15bbbbbbbb'), null)
  },
  'a reference is claimed once, across all accounts, and a second claim leaves the transaction usable': async (store) => {
    await addAccount(store)
    await addAccount(store, { id: 'account-2' })
    await save(store, samples.recordedPayment())
    assert.equal(await store.claimTransferReference(claim()), true)
    assert.equal(await store.claimTransferReference(claim()), false)
    await store.transaction(async (tx) => {
      await locked(tx, 'account-2')
      assert.equal(await tx.claimTransferReference(claim({ accountId: 'account-2', paymentId: 'payment-2' })), false)
      assert.equal(
        await tx.claimTransferReference(claim({ reference: 'RF02KTMBNQXZ', accountId: 'account-2', paymentId: 'payment-2' })),
        true,
      )
      await tx.savePayment(samples.recordedPayment({ id: 'payment-2', accountId: 'account-2' }))
    })
    assert.equal((await store.findTransferByReference('RF15BBBBBBBB'))?.payment.id, 'payment-1')
    assert.equal((await store.findTransferByReference('RF02KTMBNQXZ'))?.payment.id, 'payment-2')
  },
  'of many claims of one reference at once, one succeeds': async (store) => {
    await addAccount(store)
    const answers = await atOnce(10, (index) => store.claimTransferReference(claim({ paymentId: `payment-${index}` })))
    assert.equal(count(answers, true), 1)
  },
  'a claim that is rolled back was never made': async (store) => {
    await addAccount(store)
    const transaction = store.transaction(async (tx) => {
      await tx.claimTransferReference(claim())
      throw new Error('rolled back')
    })
    await assert.rejects(transaction, /rolled back/)
    assert.equal(await store.claimTransferReference(claim({ paymentId: 'payment-2' })), true)
  },
  'an external payment is found once it is claimed, by its method': async (store) => {
    await addAccount(store)
    const external = { method: 'bank_transfer', externalPaymentId: 'BANK-1' } as const
    assert.equal(await store.findPaymentReference(external), null)
    const owner = await store.claimPaymentReference({ ...external, accountId: 'account-1', paymentId: 'payment-1' })
    assert.deepEqual(await store.findPaymentReference(external), owner)
    assert.equal(await store.findPaymentReference({ ...external, method: 'paypal' }), null)
    assert.equal(await store.findPaymentReference({ ...external, externalPaymentId: 'BANK-2' }), null)
  },
}
