import type { Account } from '../../domain/account.js'
import type { ApiKey } from '../../domain/api-key.js'
import type { MemberRole } from '../../domain/membership.js'
import type { Subscription } from '../../domain/subscription.js'
import type { User } from '../../domain/user.js'

/** The questions of the gate. Each is one statement, so that its answer is one moment. */
export interface AccessOperations {
  /** An account with its plan and subscription. */
  findAccountAccess(accountId: string): Promise<AccountAccess | null>
  /** A person with the account of their oldest membership; `access` is `null` for a person without one. */
  findUserAccess(userId: string): Promise<{ user: User; access: AccountAccess | null } | null>
  /** A session, whether or not it is still valid; `access` is `null` when the person is no member of its account (any more). */
  findSessionAccess(tokenHash: string): Promise<SessionAccess | null>
  /** A key, whether or not it is still valid. */
  findApiKeyAccess(secretHash: string): Promise<ApiKeyAccess | null>
}

/** What the gate judges. The plan is in the account. */
export interface AccountAccess {
  readonly account: Account
  readonly subscription: Subscription | null
}

/** A session and all that the gate needs beside it. */
export interface SessionAccess {
  readonly user: User
  readonly expiresAt: Date
  readonly revokedAt: Date | null
  readonly role: MemberRole | null
  readonly access: AccountAccess | null
}

/** A key and all that the gate needs beside it; `owner` is the account's owner where there is one. */
export interface ApiKeyAccess {
  readonly apiKey: ApiKey
  readonly owner: User | null
  readonly access: AccountAccess
}
