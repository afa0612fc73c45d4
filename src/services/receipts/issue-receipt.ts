import type { Account } from '../../domain/account.js'
import type { Payment } from '../../domain/payment.js'
import type { Plan } from '../../domain/plan.js'
import { type Receipt, receiptNumber, receiptSeries } from '../../domain/receipt.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import type { Context } from '../context.js'
import { recordEvent } from '../events/record-event.js'

/** What a receipt is issued for. */
export interface ReceiptSubject {
  readonly account: Account
  readonly payment: Payment
  /** The plan that was paid for. */
  readonly plan: Plan
  readonly periodStart: Date
  readonly periodEnd: Date
}

/**
 * Issues the receipt of a payment that has been saved, and tells of it. Everybody who confirms a payment waits for the number, so call it
 * at the end of the transaction.
 */
export async function issueReceipt(
  context: Context,
  tx: StoreTransaction,
  { account, payment, plan, periodStart, periodEnd }: ReceiptSubject,
  at: Date,
): Promise<Receipt> {
  const { receiptPrefix, name, address, taxId, email } = context.settings.billing.issuer
  const series = receiptSeries(receiptPrefix, at)
  const receipt: Receipt = {
    id: context.newId(),
    accountId: account.id,
    paymentId: payment.id,
    number: receiptNumber(series, await tx.takeReceiptNumber(series)),
    issuer: { name, address, taxId, email },
    accountName: account.name,
    plan: { slug: plan.slug, name: plan.name },
    periodMonths: payment.periodMonths,
    periodStart,
    periodEnd,
    amount: payment.amount,
    method: payment.method,
    reference: payment.externalPaymentId,
    payerName: payment.payerName,
    createdAt: at,
  }
  await tx.addReceipt(receipt)
  await recordEvent(context, tx, { accountId: account.id, name: 'receipt.issued', data: facts(receipt), at })
  return receipt
}

const facts = ({ id: receiptId, number, paymentId, amount }: Receipt) => ({ receiptId, number, paymentId, ...amount })
