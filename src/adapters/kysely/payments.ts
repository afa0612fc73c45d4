import { invariant } from '../../errors.js'
import type { PaymentOperations, PaymentReference } from '../../ports/store/payments.js'
import type { Connection } from './connection.js'
import { isAfter } from './pages.js'
import { paymentRow, toPayment, toRecordedPayment } from './rows/payment.js'
import type { Verbs } from './verbs.js'

/** Questions and changes about payments. */
export const paymentVerbs: Verbs<PaymentOperations> = {
  async findPayment({ build, execute }, paymentId) {
    const [row] = await execute(build.selectFrom('tenantry_payment').selectAll().where('id', '=', paymentId))
    return row === undefined ? null : toRecordedPayment(row)
  },
  async listPayments({ build, execute }, { accountId, status, before, limit }) {
    let payments = build.selectFrom('tenantry_payment').selectAll()
    if (accountId !== null) payments = payments.where('account_id', '=', accountId)
    if (status !== null) payments = payments.where('status', '=', status)
    if (before !== null) payments = payments.where(isAfter(before))
    const rows = await execute(payments.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit))
    return rows.map(toPayment)
  },
  async claimPaymentReference(connection, claim) {
    const { build, execute } = connection
    const insert = build.insertInto('tenantry_payment_reference').values(referenceRow(claim))
    await execute(insert.onConflict((conflict) => conflict.doNothing()))
    // Only the next statement sees the claim of somebody who was first.
    const owner = await findReference(connection, claim)
    invariant(owner !== null, 'a payment reference that is claimed is there')
    return owner
  },
  findPaymentReference: findReference,
  async findOpenTransfer({ build, execute }, accountId) {
    const open = build
      .selectFrom('tenantry_payment')
      .selectAll()
      .where('account_id', '=', accountId)
      .where('method', '=', 'bank_transfer')
      .where('status', 'in', ['requested', 'submitted'])
    const [row] = await execute(open.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(1))
    return row === undefined ? null : toRecordedPayment(row)
  },
  async listExpectedPayments({ build, execute }, accountIds) {
    if (accountIds.length === 0) return []
    const expected = build.selectFrom('tenantry_payment').selectAll().where('account_id', 'in', accountIds)
    const open = expected.where('status', 'in', ['requested', 'submitted']).where('due_at', 'is not', null)
    return (await execute(open.orderBy('account_id').orderBy('due_at').orderBy('id'))).map(toPayment)
  },
  async findTransferByReference({ build, execute }, reference) {
    const found = build
      .selectFrom('tenantry_transfer_reference')
      .innerJoin('tenantry_payment', (join) =>
        join
          .onRef('tenantry_payment.account_id', '=', 'tenantry_transfer_reference.account_id')
          .onRef('tenantry_payment.id', '=', 'tenantry_transfer_reference.payment_id'),
      )
      .selectAll('tenantry_payment')
      .where('tenantry_transfer_reference.reference', '=', reference)
    const [row] = await execute(found)
    return row === undefined ? null : toRecordedPayment(row)
  },
  async claimTransferReference({ build, execute }, { reference, accountId, paymentId }) {
    const row = { reference, account_id: accountId, payment_id: paymentId }
    const insert = build.insertInto('tenantry_transfer_reference').values(row)
    const added = await execute(insert.onConflict((conflict) => conflict.doNothing()).returning('payment_id'))
    return added.length === 1
  },
  async savePayment({ build, execute }, payment) {
    const row = paymentRow(payment)
    const insert = build.insertInto('tenantry_payment').values(row)
    await execute(insert.onConflict((conflict) => conflict.columns(['account_id', 'id']).doUpdateSet(row)))
  },
}

const referenceRow = ({ method, externalPaymentId, accountId, paymentId }: PaymentReference) => ({
  method,
  external_payment_id: externalPaymentId,
  account_id: accountId,
  payment_id: paymentId,
})

async function findReference(
  { build, execute }: Connection,
  { method, externalPaymentId }: Pick<PaymentReference, 'method' | 'externalPaymentId'>,
): Promise<PaymentReference | null> {
  const references = build.selectFrom('tenantry_payment_reference').selectAll()
  const [row] = await execute(references.where('method', '=', method).where('external_payment_id', '=', externalPaymentId))
  if (row === undefined) return null
  return { method: row.method, externalPaymentId: row.external_payment_id, accountId: row.account_id, paymentId: row.payment_id }
}
