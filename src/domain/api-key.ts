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
}
