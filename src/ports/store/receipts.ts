import type { Receipt } from '../../domain/receipt.js'
import type { Position } from './position.js'

/** Questions about receipts. They are never changed and never deleted. */
export interface ReceiptOperations {
  findReceipt(key: { accountId: string; receiptId: string }): Promise<Receipt | null>
  /** The receipt of a payment, of which there is at most one. */
  findPaymentReceipt(key: { accountId: string; paymentId: string }): Promise<Receipt | null>
  /** Newest first. */
  listReceipts(page: { accountId: string; before: Position | null; limit: number }): Promise<readonly Receipt[]>
}

/** Issuing, only inside a transaction. */
export interface ReceiptTransactionOperations {
  /**
   * Takes the next number of a series: 1, 2, 3 …. Others who want one of the same series wait until this transaction has ended; if it is
   * rolled back, they get its number, so that none is missing. Take it last.
   */
  takeReceiptNumber(series: string): Promise<number>
  /** Adds the receipt of a payment that is there and has none. Only for a transaction that has locked the account. */
  addReceipt(receipt: Receipt): Promise<void>
}
