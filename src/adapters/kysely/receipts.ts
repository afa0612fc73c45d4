import { sql } from 'kysely'
import { invariant } from '../../errors.js'
import type { ReceiptOperations, ReceiptTransactionOperations } from '../../ports/store/receipts.js'
import { isAfter } from './pages.js'
import { receiptRow, toReceipt } from './rows/receipt.js'
import { integer } from './rows/values.js'
import type { Verbs } from './verbs.js'

/** Questions about receipts. */
export const receiptVerbs: Verbs<ReceiptOperations> = {
  async findReceipt({ build, execute }, { accountId, receiptId }) {
    const receipt = build.selectFrom('tenantry_receipt').selectAll().where('account_id', '=', accountId).where('id', '=', receiptId)
    const [row] = await execute(receipt)
    return row === undefined ? null : toReceipt(row)
  },
  async findPaymentReceipt({ build, execute }, { accountId, paymentId }) {
    const receipt = build.selectFrom('tenantry_receipt').selectAll().where('account_id', '=', accountId).where('payment_id', '=', paymentId)
    const [row] = await execute(receipt)
    return row === undefined ? null : toReceipt(row)
  },
  async listReceipts({ build, execute }, { accountId, before, limit }) {
    let receipts = build.selectFrom('tenantry_receipt').selectAll().where('account_id', '=', accountId)
    if (before !== null) receipts = receipts.where(isAfter(before))
    const rows = await execute(receipts.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit))
    return rows.map(toReceipt)
  },
}

/** Issuing receipts within a transaction. */
export const receiptTransactionVerbs: Verbs<ReceiptTransactionOperations> = {
  async takeReceiptNumber({ build, execute }, series) {
    const first = build.insertInto('tenantry_receipt_series').values({ series, last_number: 1 })
    const next = first.onConflict((conflict) =>
      conflict.column('series').doUpdateSet({ last_number: sql`tenantry_receipt_series.last_number + excluded.last_number` }),
    )
    const [row] = await execute(next.returning('last_number'))
    invariant(row !== undefined, 'a number that was taken is there')
    return integer(row.last_number)
  },
  async addReceipt({ build, execute }, receipt) {
    await execute(build.insertInto('tenantry_receipt').values(receiptRow(receipt)))
  },
}
