import type { Issuer, Receipt } from '../../../domain/receipt.js'
import type { NewRow, Row } from '../tables.js'
import { integer, json, moment } from './values.js'

/** The receipt that a row holds. */
export function toReceipt(row: Row<'tenantry_receipt'>): Receipt {
  const { name, address, taxId, email } = json<Issuer>(row.issuer)
  return {
    id: row.id,
    accountId: row.account_id,
    paymentId: row.payment_id,
    number: row.number,
    // One by one: a jsonb keeps its fields in an order of its own.
    issuer: { name, address, taxId, email },
    accountName: row.account_name,
    plan: { slug: row.plan_slug, name: row.plan_name },
    periodMonths: row.period_months,
    periodStart: moment(row.period_start),
    periodEnd: moment(row.period_end),
    amount: { amountMinor: integer(row.amount_minor), currency: row.currency },
    method: row.method,
    reference: row.reference,
    payerName: row.payer_name,
    createdAt: moment(row.created_at),
  }
}

/** The row of a receipt. */
export function receiptRow(receipt: Receipt): NewRow<'tenantry_receipt'> {
  return {
    account_id: receipt.accountId,
    id: receipt.id,
    payment_id: receipt.paymentId,
    number: receipt.number,
    issuer: JSON.stringify(receipt.issuer),
    account_name: receipt.accountName,
    plan_slug: receipt.plan.slug,
    plan_name: receipt.plan.name,
    period_months: receipt.periodMonths,
    period_start: receipt.periodStart,
    period_end: receipt.periodEnd,
    amount_minor: receipt.amount.amountMinor,
    currency: receipt.amount.currency,
    method: receipt.method,
    reference: receipt.reference,
    payer_name: receipt.payerName,
    created_at: receipt.createdAt,
  }
}
