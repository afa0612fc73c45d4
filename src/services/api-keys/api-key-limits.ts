import { apiKeyLimit } from '../../domain/api-key.js'
import { TenantryError } from '../../errors.js'
import type { AccountAccess } from '../../ports/store/access.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import type { Context } from '../context.js'
import { inForce } from '../plans/pending-plan.js'

/**
 * Refuses a key more than the account may have. The account is held, so that nobody adds one meanwhile.
 *
 * @throws TenantryError `limit_reached`
 */
export async function requireRoomForKey(context: Context, tx: StoreTransaction, held: AccountAccess, now: Date): Promise<void> {
  const max = await limitOf(context, tx, held, now)
  const { current } = await tx.countApiKeys({ accountId: held.account.id, at: now })
  if (current >= max) throw limitReached(held, max, `The account may have ${max} API keys and has them. Revoke one that is not needed.`)
}

/**
 * A key that goes on beside the one in its place counts for none, so there may be as many of these once more, and no more.
 *
 * @throws TenantryError `limit_reached`
 */
export async function requireRoomForOverlap(context: Context, tx: StoreTransaction, held: AccountAccess, now: Date): Promise<void> {
  const max = await limitOf(context, tx, held, now)
  const { replaced } = await tx.countApiKeys({ accountId: held.account.id, at: now })
  if (replaced >= max)
    throw limitReached(held, max, `${max} replaced API keys are still in their overlap. Revoke one, or rotate without overlap.`)
}

async function limitOf({ settings }: Context, tx: StoreTransaction, held: AccountAccess, now: Date): Promise<number> {
  const { account } = await inForce(tx, held, now)
  return apiKeyLimit(account.plan, settings.apiKeys.maxPerAccount)
}

const limitReached = ({ account }: AccountAccess, max: number, message: string) =>
  new TenantryError('limit_reached', { accountId: account.id, limit: 'maxApiKeys', max }, { message })
