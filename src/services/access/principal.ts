import type { Actor } from '../../domain/actor.js'
import type { ApiKey } from '../../domain/api-key.js'
import type { MemberRole } from '../../domain/membership.js'
import type { User } from '../../domain/user.js'

/** Who calls, once it is known. Pass `actor` to operations that ask who does it. */
export type Principal = SessionPrincipal | ApiKeyPrincipal

/** A person who is signed in. */
export interface SessionPrincipal {
  readonly type: 'session'
  readonly actor: Actor
  readonly user: User
  /** The person's role in the account. */
  readonly role: MemberRole
}

/** A program that holds one of the account's keys. */
export interface ApiKeyPrincipal {
  readonly type: 'api_key'
  readonly actor: Actor
  readonly apiKey: ApiKey
  /** The account's owner, where there is one. The key acts for the account, not for this person. */
  readonly user: User | null
}
