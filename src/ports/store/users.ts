import type { Membership } from '../../domain/membership.js'
import type { User } from '../../domain/user.js'

/** Questions and guarded changes about people and their places in accounts. Users are global, memberships belong to an account. */
export interface UserOperations {
  /** Adds a person, unless the e-mail or the external id belongs to one already. Waits for a concurrent sign-up with the same e-mail. */
  addUser(user: NewUser): Promise<'added' | 'email_taken' | 'external_user_id_taken'>
  findUser(userId: string): Promise<StoredUser | null>
  /** Looks a person up by canonical e-mail. */
  findUserByEmail(email: string): Promise<StoredUser | null>
  /** Replaces the verifier if it still is `from`. Answers whether it was. */
  setPasswordHash(change: { userId: string; from: string | null; to: string; at: Date }): Promise<boolean>
  /** Makes a person an administrator of the platform. `false` when there is no such person. */
  setPlatformRole(change: { userId: string; platformRole: 'admin' | null; at: Date }): Promise<boolean>
  addMembership(membership: Membership): Promise<void>
  findMembership(place: { accountId: string; userId: string }): Promise<Membership | null>
}

/** A person with what only the store and the sign-in see. */
export interface StoredUser {
  readonly user: User
  readonly passwordHash: string | null
  readonly externalUserId: string | null
}

/** A person to be added. */
export type NewUser = StoredUser
