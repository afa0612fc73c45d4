import type { Plan } from './plan.js'

/** A key with which an account's own programs act for the account. The secret is shown once and is not part of it. */
export interface ApiKey {
  readonly id: string
  readonly accountId: string
  readonly name: string
  /** What the key may do; empty means everything the account may do. */
  readonly scopes: readonly string[]
  /** The last four characters of the secret, to tell keys apart. */
  readonly lastFour: string
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
  /**
   * When it was last presented while it was valid, whatever the gate said then; `null` before the first time. It is written a little later and
   * at most once in {@link keyUseSeconds}, so it tells the minute and not the moment.
   */
  readonly lastUsedAt: Date | null
  /** The key that `rotateApiKey` made in its place; `null` while it has none. */
  readonly replacedById: string | null
}

/** How far apart two writings of a key's `lastUsedAt` are at least, in seconds. */
export const keyUseSeconds = 60

/** No account has more valid API keys than this, whatever its plan says. */
export const maxApiKeysOfAccount = 1000

/**
 * How many API keys an account on this plan may have: the plan's limit `maxApiKeys`, else `byDefault`. An unlimited one ends at
 * {@link maxApiKeysOfAccount} too.
 */
export function apiKeyLimit(plan: Plan | null, byDefault: number): number {
  const limit = plan !== null && Object.hasOwn(plan.limits, 'maxApiKeys') ? plan.limits['maxApiKeys'] : byDefault
  return Math.min(limit ?? maxApiKeysOfAccount, maxApiKeysOfAccount)
}

/** How many valid keys an account has. */
export interface ApiKeyCount {
  /** Those that have not been replaced. */
  readonly current: number
  /** Those that have been replaced and go on until their overlap is over. */
  readonly replaced: number
}
