import type { Actor } from '../../domain/actor.js'
import type { Payment } from '../../domain/payment.js'
import { isTenantryError, TenantryError } from '../../errors.js'
import type { RecordedPayment } from '../../ports/store/payments.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import { requireManager } from '../authority.js'

/** The slug of the plan that a payment is for. */
export async function planSlugOf(tx: StoreTransaction, { planId }: Payment): Promise<string | null> {
  return planId === null ? null : ((await tx.findPlanById(planId))?.slug ?? null)
}

/**
 * Reads a payment that is there, after its account was locked: as it is now, and not as it was found.
 *
 * @throws TenantryError `payment_not_found`
 */
export async function readPayment(tx: StoreTransaction, paymentId: string): Promise<RecordedPayment> {
  const recorded = await tx.findPayment(paymentId)
  if (recorded === null) throw new TenantryError('payment_not_found', { paymentId })
  return recorded
}

/**
 * Lets those pass who manage the account of a payment. To a stranger the payment does not exist.
 *
 * @throws TenantryError `payment_not_found` for a stranger, `forbidden` for a plain member and for a key
 */
export async function requirePaymentManager(tx: StoreTransaction, payment: Payment, actor: Actor, action: string): Promise<Actor> {
  try {
    return await requireManager(tx, payment.accountId, actor, action)
  } catch (error) {
    if (isTenantryError(error, 'account_not_found')) throw new TenantryError('payment_not_found', { paymentId: payment.id })
    throw error
  }
}

/** A payment that is not open any more. */
export const paymentClosed = ({ id, status }: Payment, message?: string): TenantryError<'payment_closed'> =>
  new TenantryError('payment_closed', { paymentId: id, status }, message === undefined ? {} : { message })
