import { z } from 'zod'
import type { Actor } from '../../domain/actor.js'
import type { Payment } from '../../domain/payment.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import { lockAccount } from '../accounts/account-status.js'
import { recordAct } from '../audit/record-act.js'
import { requireOperator } from '../authority.js'
import type { Context } from '../context.js'
import { recordEvent } from '../events/record-event.js'
import { parseInput } from '../parse-input.js'
import { id, line } from '../schemas.js'
import { paymentFacts } from './confirmation-events.js'
import { paymentClosed, planSlugOf, readPayment } from './payment-act.js'
import { findTransfer } from './transfer-account.js'

const Input = z.strictObject({
  paymentId: id,
  /** What the customer is told. */
  reason: line(500),
})

/** What `rejectBankTransfer` takes. */
export type RejectBankTransferInput = z.input<typeof Input>
/** What `rejectBankTransfer` answers. */
export interface RejectBankTransferResult {
  readonly payment: Payment
}

/** See {@link Tenantry.rejectBankTransfer}. */
export async function rejectBankTransfer(
  context: Context,
  input: RejectBankTransferInput,
  actor: Actor,
): Promise<RejectBankTransferResult> {
  const { paymentId, reason } = parseInput(Input, input)
  const operator = requireOperator(actor, 'reject bank transfers')
  const { accountId } = await findTransfer(context.store, paymentId)
  return context.store.transaction(async (tx) => {
    await lockAccount(tx, accountId)
    const { payment } = await readPayment(tx, paymentId)
    if (payment.status === 'rejected' && payment.reason === reason) return { payment }
    if (payment.status !== 'requested' && payment.status !== 'submitted') throw paymentClosed(payment)
    return { payment: await reject(context, tx, payment, reason, operator) }
  })
}

async function reject(context: Context, tx: StoreTransaction, before: Payment, reason: string, actor: Actor): Promise<Payment> {
  const at = context.clock()
  const payment: Payment = { ...before, status: 'rejected', decidedBy: actor, decidedAt: at, reason }
  await tx.savePayment({ payment, fingerprint: null, outcome: null })
  await recordAct(context, tx, {
    action: 'rejectBankTransfer',
    accountId: payment.accountId,
    actor,
    reason,
    before: { status: before.status },
    after: { status: payment.status, paymentId: payment.id, externalPaymentId: payment.externalPaymentId },
    at,
  })
  const data = { ...paymentFacts(payment, await planSlugOf(tx, payment)), reason }
  await recordEvent(context, tx, { accountId: payment.accountId, name: 'payment.rejected', data, at })
  return payment
}
