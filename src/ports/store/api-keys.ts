import type { ApiKey } from '../../domain/api-key.js'
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
   * Brings the end of a key that is neither revoked nor expired at `at` forward to `expiresAt`; an earlier end stays.
   * `null` when the guard did not hold.
   */
  shortenApiKey(key: { accountId: string; apiKeyId: string; expiresAt: Date; at: Date }): Promise<ApiKey | null>
}
