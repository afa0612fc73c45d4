import type { Payment } from '../../../domain/payment.js'
import type { RecordedPayment } from '../../../ports/store/payments.js'
import type { NewRow, Row } from '../tables.js'
import { toActor } from './actor.js'
import { integer, moment, nullableMoment } from './values.js'

/** The payment that a row holds. */
export function toPayment(row: Row<'tenantry_payment'>): Payment {
  return {
    id: row.id,
    accountId: row.account_id,
    method: row.method,
    status: row.status,
    reference: row.reference,
    externalPaymentId: row.external_payment_id,
    amount: { amountMinor: integer(row.amount_minor), currency: row.currency },
    periodMonths: row.period_months,
    planId: row.plan_id,
    dueAt: nullableMoment(row.due_at),
    payerName: row.payer_name,
    proofUrl: row.proof_url,
    decidedBy: toActor(row.decided_by_type, row.decided_by_id),
    decidedAt: nullableMoment(row.decided_at),
    reason: row.reason,
    createdAt: moment(row.created_at),
  }
}

/** The payment that a row holds, with what a repeated confirmation needs. */
export function toRecordedPayment(row: Row<'tenantry_payment'>): RecordedPayment {
  return { payment: toPayment(row), fingerprint: row.fingerprint, outcome: row.outcome }
}

/** The row of a payment. */
export function paymentRow({ payment, fingerprint, outcome }: RecordedPayment): NewRow<'tenantry_payment'> {
  return {
    account_id: payment.accountId,
    id: payment.id,
    method: payment.method,
    status: payment.status,
    reference: payment.reference,
    external_payment_id: payment.externalPaymentId,
    amount_minor: payment.amount.amountMinor,
    currency: payment.amount.currency,
    period_months: payment.periodMonths,
    payer_name: payment.payerName,
    proof_url: payment.proofUrl,
    decided_by_type: payment.decidedBy?.type ?? null,
    decided_by_id: payment.decidedBy?.id ?? null,
    decided_at: payment.decidedAt,
    reason: payment.reason,
    plan_id: payment.planId,
    due_at: payment.dueAt,
    fingerprint,
    outcome,
    created_at: payment.createdAt,
  }
}
