import { TenantryError } from '../../errors.js'
import type { StoreOperations } from '../../ports/store/store.js'
import { invalidInput } from '../parse-input.js'

/**
 * Whose money is it? By account, subscription or payment; what does not belong to the same account does not exist.
 *
 * @throws TenantryError `invalid_input` when none is named; `subscription_not_found`, `payment_not_found`
 */
export async function findTransferAccount(
  store: StoreOperations,
  named: { accountId?: string | undefined; subscriptionId?: string | undefined; paymentId?: string | undefined },
): Promise<string> {
  const { subscriptionId, paymentId } = named
  let accountId = named.accountId ?? null
  if (subscriptionId !== undefined) {
    const found = await store.findSubscriptionAccount(subscriptionId)
    if (found === null || (accountId ?? found) !== found) throw new TenantryError('subscription_not_found', { subscriptionId })
    accountId = found
  }
  if (paymentId !== undefined) {
    const found = (await store.findPayment(paymentId))?.payment
    if (found?.method !== 'bank_transfer' || (accountId ?? found.accountId) !== found.accountId) {
      throw new TenantryError('payment_not_found', { paymentId })
    }
    accountId = found.accountId
  }
  if (accountId === null) throw invalidInput([{ path: 'accountId', message: 'pass accountId, subscriptionId or paymentId' }])
  return accountId
}
