import { type Actor, isOperator } from '../domain/actor.js'
import { managesAccount } from '../domain/membership.js'
import { TenantryError } from '../errors.js'
import type { StoreOperations } from '../ports/store/store.js'
import { forbiddenMessage, type Permitted } from '../refusal-messages.js'
import { parseActor } from './parse-input.js'

/** The refusal of an action, which says who may do it. `action` completes "You may not …". */
export const forbidden = (action: string, who: Permitted): TenantryError<'forbidden'> =>
  new TenantryError('forbidden', { action }, { message: forbiddenMessage(action, who) })

/**
 * Lets administrators of the platform and the host's own code pass. `action` completes "You may not …".
 *
 * @throws TenantryError `forbidden` for a customer
 */
export function requireOperator(actor: Actor, action: string): Actor {
  const parsed = parseActor(actor)
  if (!isOperator(parsed)) throw forbidden(action, 'administrator')
  return parsed
}

/**
 * Lets operators and those members pass who manage the account. To a stranger the account does not exist; an API key never manages one.
 *
 * @throws TenantryError `account_not_found` for a stranger, `forbidden` for a plain member and for a key
 */
export async function requireManager(store: StoreOperations, accountId: string, actor: Actor, action: string): Promise<Actor> {
  const parsed = parseActor(actor)
  if (isOperator(parsed)) return parsed
  if (parsed.type === 'api_key') {
    const own = await store.findApiKey({ accountId, apiKeyId: parsed.id })
    throw own === null ? new TenantryError('account_not_found', { accountId }) : forbidden(action, 'manager')
  }
  const membership = await store.findMembership({ accountId, userId: parsed.id })
  if (membership === null) throw new TenantryError('account_not_found', { accountId })
  if (!managesAccount(membership.role)) throw forbidden(action, 'manager')
  return parsed
}
