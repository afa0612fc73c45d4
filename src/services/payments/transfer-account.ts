import { canonicalTransferReference } from '../../domain/transfer-reference.js'
import { TenantryError } from '../../errors.js'
import type { StoreOperations } from '../../ports/store/store.js'
import { invalidInput } from '../parse-input.js'

/** Whose money a transfer is, and which payment was named for it. */
export interface TransferAccount {
  readonly accountId: string
  readonly paymentId: string | null
}

/**
 * Whose money is it? By account, subscription, payment or the payment's reference; what does not belong to the same account does not exist.
 *
 * @throws TenantryError `invalid_input` when none is named; `subscription_not_found`, `payment_not_found`
 */
export async function findTransferAccount(
  store: StoreOperations,
  named: {
    accountId?: string | undefined
    subscriptionId?: string | undefined
    paymentId?: string | undefined
    reference?: string | undefined
  },
): Promise<TransferAccount> {
  const { subscriptionId } = named
  let accountId = named.accountId ?? null
  if (subscriptionId !== undefined) {
    const found = await store.findSubscriptionAccount(subscriptionId)
    if (found === null || (accountId ?? found) !== found) throw new TenantryError('subscription_not_found', { subscriptionId })
    accountId = found
  }
  const payment = await findNamedPayment(store, named)
  if (payment !== null && accountId !== null && payment.accountId !== accountId) throw notFound(payment.id)
  accountId ??= payment?.accountId ?? null
  if (accountId === null) {
    throw invalidInput([{ path: 'accountId', message: 'pass accountId, subscriptionId, paymentId or reference' }])
  }
  return { accountId, paymentId: payment?.id ?? null }
}

async function findNamedPayment(
  store: StoreOperations,
  { paymentId, reference }: { paymentId?: string | undefined; reference?: string | undefined },
): Promise<{ id: string; accountId: string } | null> {
  const byId = paymentId === undefined ? null : await findTransfer(store, paymentId)
  if (reference === undefined) return byId
  const found = await store.findTransferByReference(canonicalTransferReference(reference))
  if (found === null || (byId ?? found.payment).id !== found.payment.id) throw notFound(paymentId ?? reference)
  return found.payment
}

/**
 * A bank transfer by its id.
 *
 * @throws TenantryError `payment_not_found`, also for a payment by another method
 */
export async function findTransfer(store: StoreOperations, paymentId: string): Promise<{ id: string; accountId: string }> {
  const payment = (await store.findPayment(paymentId))?.payment
  if (payment?.method !== 'bank_transfer') throw notFound(paymentId)
  return payment
}

const notFound = (paymentId: string): TenantryError<'payment_not_found'> => new TenantryError('payment_not_found', { paymentId })
