import type { ApiKey, ApiKeyCount } from '../../domain/api-key.js'
import type { Position } from './position.js'

/** Guarded changes of API keys. A key is found by the hash of its secret, so it is global; it is never deleted. */
export interface ApiKeyOperations {
  /** `secretHash` is the SHA-256 of the secret in hexadecimal. */
  addApiKey(key: { apiKey: ApiKey; secretHash: string }): Promise<void>
  findApiKey(key: { accountId: string; apiKeyId: string }): Promise<ApiKey | null>
  /** Newest first. */
  listApiKeys(page: { accountId: string; before: Position | null; limit: number }): Promise<readonly ApiKey[]>
  /** Ends a key at `at`, unless it has been revoked. Answers the key as it stands, `null` when the account has no such key. */
  revokeApiKey(key: { accountId: string; apiKeyId: string; at: Date }): Promise<ApiKey | null>
  /**
   * Notes the key that replaces a key which is neither revoked nor expired at `at` nor replaced yet, and brings its end forward to `expiresAt`;
   * an earlier end stays. `null` when the guard did not hold.
   */
  replaceApiKey(key: { accountId: string; apiKeyId: string; replacedById: string; expiresAt: Date; at: Date }): Promise<ApiKey | null>
  /** Counts an account's keys that are neither revoked nor expired at `at`. */
  countApiKeys(keys: { accountId: string; at: Date }): Promise<ApiKeyCount>
  /**
   * Sets `lastUsedAt` of the keys with these secrets to `at`, but for those whose `lastUsedAt` is younger than {@link keyUseSeconds} at `at`. It
   * waits for nobody: keys that another transaction changes at the moment are left out, where the engine can see that. Answers how many were
   * written.
   */
  touchApiKeys(keys: { secretHashes: readonly string[]; at: Date }): Promise<number>
}
