import { TenantryError } from '../errors.js'
import type { Context } from './context.js'

/**
 * Tells an empty list of an account from no account.
 *
 * @throws TenantryError `account_not_found`
 */
export async function requireAccount({ store }: Context, accountId: string): Promise<void> {
  if ((await store.findAccountAccess(accountId)) === null) throw new TenantryError('account_not_found', { accountId })
}
