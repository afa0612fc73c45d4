import { z } from 'zod'
import type { Actor } from '../../domain/actor.js'
import { canonicalPaymentReference, type Payment } from '../../domain/payment.js'
import { TenantryError } from '../../errors.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import { lockAccount } from '../accounts/account-status.js'
import { recordAct } from '../audit/record-act.js'
import type { Context } from '../context.js'
import { recordEvent } from '../events/record-event.js'
import { parseActor, parseInput } from '../parse-input.js'
import { id, line } from '../schemas.js'
import { paymentFacts } from './confirmation-events.js'
import { paymentClosed, planSlugOf, readPayment, requirePaymentManager } from './payment-act.js'
import { findTransfer } from './transfer-account.js'
import { bankReference, proofUrl } from './transfer-input.js'

const Input = z.strictObject({
  /** The transfer that was requested. */
  paymentId: id,
  /** The bank's reference of the transfer, as the customer sees it. */
  externalPaymentId: bankReference,
  payerName: line(200),
  proofUrl: proofUrl.nullish(),
})

type Submission = z.output<typeof Input>

/** What `submitBankTransfer` takes. */
export type SubmitBankTransferInput = z.input<typeof Input>
/** What `submitBankTransfer` answers. */
export interface SubmitBankTransferResult {
  readonly payment: Payment
}

/** See {@link Tenantry.submitBankTransfer}. */
export async function submitBankTransfer(
  context: Context,
  input: SubmitBankTransferInput,
  actor: Actor,
): Promise<SubmitBankTransferResult> {
  const submission = parseInput(Input, input)
  const submitting = parseActor(actor)
  const { accountId } = await findTransfer(context.store, submission.paymentId)
  return context.store.transaction(async (tx) => {
    const { account } = await lockAccount(tx, accountId)
    const { payment } = await readPayment(tx, submission.paymentId)
    const manager = await requirePaymentManager(tx, payment, submitting, 'submit bank transfers of this account')
    if (account.status === 'cancelled') throw new TenantryError('account_cancelled', { accountId })
    if (isSubmittedAs(payment, submission)) return { payment }
    await requireSubmittable(tx, payment, submission)
    return { payment: await submit(context, tx, payment, submission, manager) }
  })
}

const isSubmittedAs = ({ status, ...payment }: Payment, { externalPaymentId, payerName, ...submission }: Submission): boolean =>
  status === 'submitted' &&
  canonicalPaymentReference(payment.externalPaymentId ?? '') === canonicalPaymentReference(externalPaymentId) &&
  payment.payerName === payerName &&
  payment.proofUrl === (submission.proofUrl ?? null)

/** A rejected transfer may be submitted again, unless the account has asked for another one since. */
async function requireSubmittable(tx: StoreTransaction, payment: Payment, { externalPaymentId }: Submission): Promise<void> {
  if (payment.status === 'confirmed' || payment.status === 'refunded') throw paymentClosed(payment)
  if (payment.status === 'rejected' && (await tx.findOpenTransfer(payment.accountId)) !== null) {
    throw paymentClosed(payment, 'The payment is already rejected, and another transfer has been asked for since. Submit that one.')
  }
  const external = { method: 'bank_transfer', externalPaymentId: canonicalPaymentReference(externalPaymentId) } as const
  const owner = await tx.findPaymentReference(external)
  // Of another account's transfers nothing is told here: whoever confirms will see it.
  if (owner?.accountId === payment.accountId) throw new TenantryError('payment_reference_conflict', { externalPaymentId })
}

async function submit(context: Context, tx: StoreTransaction, before: Payment, submission: Submission, actor: Actor): Promise<Payment> {
  const at = context.clock()
  const { externalPaymentId, payerName } = submission
  const said = { externalPaymentId, payerName, proofUrl: submission.proofUrl ?? null }
  const payment: Payment = { ...before, ...said, status: 'submitted', decidedBy: null, decidedAt: null, reason: null }
  await tx.savePayment({ payment, fingerprint: null, outcome: null })
  await recordAct(context, tx, {
    action: 'submitBankTransfer',
    accountId: payment.accountId,
    actor,
    before: { status: before.status, externalPaymentId: before.externalPaymentId },
    after: { status: payment.status, paymentId: payment.id, ...said },
    at,
  })
  const data = paymentFacts(payment, await planSlugOf(tx, payment))
  await recordEvent(context, tx, { accountId: payment.accountId, name: 'payment.submitted', data, at })
  return payment
}
