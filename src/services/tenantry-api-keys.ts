import type { Actor } from '../domain/actor.js'
import type * as io from './inputs-and-results.js'

/** The operations of {@link Tenantry} about API keys. */
export interface TenantryApiKeys {
  /**
   * Makes an API key with which a program acts for the account. How many valid keys an account may have is its plan's limit `maxApiKeys`, else
   * the option `apiKeys.maxPerAccount`, and 1,000 at most.
   *
   * @throws TenantryError `account_not_found`, also for an actor who has no part in the account; `forbidden` for members who do not manage it
   *   and for API keys; `limit_reached` when the account has as many as it may; `invalid_input`
   */
  createApiKey(input: io.CreateApiKeyInput, actor: Actor): Promise<io.CreateApiKeyResult>
  /**
   * Lists an account's API keys, newest first, also those that were revoked or have expired.
   *
   * @throws TenantryError `account_not_found`
   */
  listApiKeys(input: io.ListApiKeysInput): Promise<io.ListApiKeysResult>
  /**
   * Ends an API key: the very next call with it is refused. It stays in the list. Revoking a revoked key changes nothing.
   *
   * @throws TenantryError `account_not_found`, also for an actor who has no part in the account; `api_key_not_found`, also for another
   *   account's key; `forbidden` for members who do not manage the account and for API keys
   */
  revokeApiKey(input: io.RevokeApiKeyInput, actor: Actor): Promise<io.RevokeApiKeyResult>
  /**
   * Replaces an API key by a new one of the same name, scopes and expiry. The old key goes on for `overlapSeconds`, so that programs can be
   * changed over without a gap; it says in `replacedById` by what it was replaced, and is replaced once. The two count as one key.
   *
   * @throws TenantryError `account_not_found`, also for an actor who has no part in the account; `api_key_not_found`, also for a key that is
   *   revoked, expired or another account's; `invalid_transition` for a key that was rotated before, naming the one to rotate; `limit_reached`
   *   when as many replaced keys as the account may have keys are in their overlap; `forbidden` for members who do not manage the account and
   *   for API keys
   */
  rotateApiKey(input: io.RotateApiKeyInput, actor: Actor): Promise<io.CreateApiKeyResult>
}
