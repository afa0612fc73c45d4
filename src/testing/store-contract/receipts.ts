import assert from 'node:assert/strict'
import type { Receipt } from '../../domain/receipt.js'
import type { Store } from '../../ports/store/store.js'
import { samples } from '../samples.js'
import { addAccount, at, readPages, type StoreCases } from './world.js'

async function addReceipt(store: Store, receipt: Receipt): Promise<void> {
  const { accountId, paymentId } = receipt
  await store.transaction(async (tx) => {
    await tx.lockAccount(accountId)
    await tx.savePayment({ payment: samples.payment({ id: paymentId, accountId }), planId: null, fingerprint: null, outcome: null })
    await tx.addReceipt(receipt)
  })
}

const take = (store: Store, series: string): Promise<number> => store.transaction((tx) => tx.takeReceiptNumber(series))

/** Promises about receipts and their numbers. */
export const receiptCases: StoreCases = {
  'a receipt comes back with all that it is': async (store) => {
    await addAccount(store)
    const receipt = samples.receipt({ accountName: `Zoë's "account" \\ 漢字`, periodEnd: at(7), createdAt: at(3) })
    await addReceipt(store, receipt)
    assert.deepEqual(await store.findReceipt({ accountId: 'account-1', receiptId: receipt.id }), receipt)
  },
  'a receipt without what may be missing comes back': async (store) => {
    await addAccount(store)
    const issuer = { name: 'Compilers', address: null, taxId: null, email: null }
    const receipt = samples.receipt({ issuer, reference: null, payerName: null, amount: { amountMinor: 0, currency: 'JPY' } })
    await addReceipt(store, receipt)
    assert.deepEqual(await store.findPaymentReceipt({ accountId: 'account-1', paymentId: receipt.paymentId }), receipt)
  },
  'a receipt is found by its account only': async (store) => {
    await addAccount(store)
    await addAccount(store, { id: 'account-2' })
    const receipt = samples.receipt()
    await addReceipt(store, receipt)
    assert.equal(await store.findReceipt({ accountId: 'account-2', receiptId: receipt.id }), null)
    assert.equal(await store.findPaymentReceipt({ accountId: 'account-2', paymentId: receipt.paymentId }), null)
    assert.equal(await store.findReceipt({ accountId: 'account-1', receiptId: 'nothing' }), null)
    assert.equal(await store.findPaymentReceipt({ accountId: 'account-1', paymentId: 'nothing' }), null)
  },
  'receipts of an account are listed newest first, without a gap or a repeat': async (store) => {
    await addAccount(store)
    await addAccount(store, { id: 'account-2' })
    for (const [id, moment] of Object.entries({ r3: 1, r1: 1, r5: 2, r4: 0 })) {
      await addReceipt(store, samples.receipt({ id, paymentId: `payment-${id}`, number: `R-${id}`, createdAt: at(moment) }))
    }
    await addReceipt(store, samples.receipt({ id: 'r2', accountId: 'account-2', paymentId: 'payment-r2', createdAt: at(1) }))
    const pages = await readPages(
      3,
      (page) => store.listReceipts({ accountId: 'account-1', ...page }),
      (receipt) => receipt,
    )
    assert.deepEqual(
      pages.map((page) => page.map(({ id }) => id)),
      [['r5', 'r3', 'r1'], ['r4']],
    )
  },
  'numbers count from 1 in each series': async (store) => {
    assert.deepEqual([await take(store, 'R-2026'), await take(store, 'R-2026'), await take(store, 'R-2027')], [1, 2, 1])
    assert.equal(await take(store, 'R-2026'), 3)
  },
  'the number of a transaction that is undone is given again': async (store) => {
    await take(store, 'R-2026')
    const undone = store.transaction(async (tx) => {
      await tx.takeReceiptNumber('R-2026')
      await tx.takeReceiptNumber('R-2027')
      throw new Error('changed my mind')
    })
    await assert.rejects(undone, /changed my mind/)
    assert.deepEqual([await take(store, 'R-2026'), await take(store, 'R-2027')], [2, 1])
  },
}
