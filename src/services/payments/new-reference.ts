import { makeTransferReference, transferReferenceBytes } from '../../domain/transfer-reference.js'
import { TenantryError } from '../../errors.js'
import type { StoreOperations } from '../../ports/store/store.js'
import type { Context } from '../context.js'

const maxAttempts = 10

/**
 * Makes a transfer reference that no payment has, and gives it to this one.
 *
 * @throws TenantryError `conflict` when ten in a row were taken, which with real randomness does not happen
 */
export async function claimNewReference(
  { randomBytes }: Context,
  store: StoreOperations,
  owner: { accountId: string; paymentId: string },
): Promise<string> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const reference = makeTransferReference(randomBytes(transferReferenceBytes))
    if (await store.claimTransferReference({ ...owner, reference })) return reference
  }
  throw new TenantryError('conflict', { operation: 'requestBankTransfer' })
}
