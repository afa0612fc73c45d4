import type { KnownAddress } from '../../domain/known-address.js'
import type { StoredUser } from './users.js'

/** What is asked and kept when somebody signs in. People and their known addresses are global. */
export interface SignInOperations {
  /** Looks a person up by canonical e-mail, with the addresses known of them, in one statement whoever it is. */
  findSignIn(email: string): Promise<StoredSignIn | null>
  /** Keeps an address in its slot, in the place of one that may be there. The person must exist. */
  rememberAddress(address: KnownAddress & { readonly userId: string }): Promise<void>
}

/** Who wants to sign in, and from where they have before, by slot. */
export interface StoredSignIn extends StoredUser {
  readonly knownAddresses: readonly KnownAddress[]
}
