import { formatMoney, parseMoney } from '../../domain/money.js'
import { canonicalPaymentReference, type Payment } from '../../domain/payment.js'
import { TenantryError } from '../../errors.js'
import type { RecordedPayment } from '../../ports/store/payments.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import type { Context } from '../context.js'
import { fingerprint } from '../fingerprint.js'
import { reviveOutcome } from './outcome.js'
import type { ConfirmedTransfer } from './transfer-input.js'

/** What a first confirmation has answered; what of it tells a repeated confirmation from another one. */
interface Confirmed {
  readonly payment: Payment
  readonly plan: { readonly slug: string }
}

/** A transfer that is to be confirmed. */
export interface TransferClaim {
  readonly accountId: string
  readonly transfer: ConfirmedTransfer
  /** The payment it was asked for by, where it was. */
  readonly requested: RecordedPayment | null
  /** Was that payment named, and not only found because it is open? Then the transfer must be that one. */
  readonly isNamed: boolean
}

/**
 * A hash of what a confirmation says of a transfer, defaults filled in; who says it does not matter. The fields are named one by one: a new
 * option must not change the hashes of confirmations that do not use it.
 */
export function transferFingerprint({ payment, plan }: Confirmed): string {
  return fingerprint({
    accountId: payment.accountId,
    reference: canonicalPaymentReference(payment.externalPaymentId ?? ''),
    amount: formatMoney(payment.amount),
    currency: payment.amount.currency,
    payerName: payment.payerName,
    proofUrl: payment.proofUrl,
    periodMonths: payment.periodMonths,
    planSlug: plan.slug,
    acceptedFor: payment.reason,
  })
}

/**
 * Makes the bank's reference ours and answers the id of its payment, or answers what its first confirmation answered. A repeated
 * confirmation may leave out what the first one named.
 *
 * @throws TenantryError `payment_reference_conflict` when it is another account's, another payment's or was confirmed with other content
 */
export async function claimTransfer<Result extends Confirmed>(
  context: Context,
  tx: StoreTransaction,
  { accountId, transfer, requested, isNamed }: TransferClaim,
): Promise<{ paymentId: string } | { first: Result }> {
  const paymentId = requested?.payment.id ?? context.newId()
  const externalPaymentId = canonicalPaymentReference(transfer.externalPaymentId)
  const owner = await tx.claimPaymentReference({ method: 'bank_transfer', externalPaymentId, accountId, paymentId })
  const conflict = new TenantryError('payment_reference_conflict', { externalPaymentId: transfer.externalPaymentId })
  if (owner.accountId !== accountId) throw conflict
  if (owner.paymentId === paymentId && !isConfirmedAs(requested, externalPaymentId)) return { paymentId }
  const recorded = await tx.findPayment(owner.paymentId)
  if (recorded?.outcome == null || (isNamed && owner.paymentId !== paymentId)) throw conflict
  const first = reviveOutcome<Result>(recorded.outcome)
  if (transferFingerprint(asRepeated(first, transfer)) !== recorded.fingerprint) throw conflict
  return { first }
}

const isConfirmedAs = (requested: RecordedPayment | null, externalPaymentId: string): boolean =>
  requested !== null &&
  requested.outcome !== null &&
  canonicalPaymentReference(requested.payment.externalPaymentId ?? '') === externalPaymentId

/** The first confirmation as this one would have made it. */
function asRepeated({ payment, plan }: Confirmed, transfer: ConfirmedTransfer): Confirmed {
  const { amount, planSlug } = transfer
  return {
    payment: {
      ...payment,
      externalPaymentId: transfer.externalPaymentId,
      amount: parseMoney(amount, transfer.currency ?? payment.amount.currency),
      payerName: transfer.payerName,
      proofUrl: transfer.proofUrl ?? payment.proofUrl,
      periodMonths: transfer.periodMonths ?? payment.periodMonths,
      reason: transfer.acceptAmount?.reason ?? payment.reason,
    },
    plan: planSlug === undefined ? plan : { slug: planSlug },
  }
}
