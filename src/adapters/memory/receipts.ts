import { invariant } from '../../errors.js'
import type { ReceiptOperations, ReceiptTransactionOperations } from '../../ports/store/receipts.js'
import { placeInTime } from './groups.js'
import { type HeldAccounts, mustHold } from './locked-accounts.js'
import { compound } from './table.js'
import type { Tables } from './tables.js'
import type { Verbs } from './verbs.js'

/** Questions about receipts. */
export const receiptVerbs = (tables: Tables): Verbs<ReceiptOperations> => ({
  findReceipt({ accountId, receiptId }) {
    const receipt = tables.receipts.find(receiptId)
    return receipt?.accountId === accountId ? receipt : null
  },
  findPaymentReceipt: ({ accountId, paymentId }) => tables.receiptOfPayment(compound(accountId, paymentId)),
  listReceipts({ accountId, before, limit }) {
    return tables.receiptsOfAccount.descending(accountId, { before: before && placeInTime(before), limit })
  },
})

/** Issuing receipts within a transaction. */
export const receiptTransactionVerbs = (tables: Tables, held: HeldAccounts): Verbs<ReceiptTransactionOperations> => ({
  takeReceiptNumber(series) {
    const lastNumber = (tables.receiptSeries.find(series)?.lastNumber ?? 0) + 1
    tables.receiptSeries.put({ series, lastNumber })
    return lastNumber
  },
  addReceipt(receipt) {
    mustHold(held, receipt.accountId)
    invariant(tables.payments.find(receipt.paymentId) !== null, 'a receipt needs its payment')
    tables.receipts.add(receipt)
  },
})
