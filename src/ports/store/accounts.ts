import type { Account, AccountStatus, PaymentMethod } from '../../domain/account.js'
import type { Ledger } from '../../domain/ledger.js'
import type { Subscription } from '../../domain/subscription.js'

/** Questions about accounts. */
export interface AccountOperations {
  /** The account, its subscription and its ledger with the open lots, as they are at one moment. */
  findAccountState(accountId: string): Promise<AccountState | null>
  /** Which account has this subscription? */
  findSubscriptionAccount(subscriptionId: string): Promise<string | null>
}

/** Everything that is held while an account is locked. */
export interface AccountState {
  readonly account: Account
  readonly subscription: Subscription | null
  /** `lots` are those with something left or set aside, in burn order; `reservations` the open ones, by id; `entries` is empty. */
  readonly ledger: Ledger
  /** Until this instant a spend need not look at the lots; `null` for ever. */
  readonly settlesAt: Date | null
}

/** Changes of an account. Each is only for a transaction that has locked the account, or added it. */
export interface LockedAccountOperations {
  /**
   * Reads an account and holds it until the transaction ends; others who want to change it wait. Lock an account before anything else of
   * it is read or written, several in the order of their ids.
   */
  lockAccount(accountId: string): Promise<AccountState | null>
  addAccount(account: NewAccount): Promise<void>
  saveAccount(change: AccountChange): Promise<void>
  /** Adds the account's subscription, or replaces it. */
  saveSubscription(subscription: Subscription): Promise<void>
  /**
   * Writes what the rules made of a ledger: the balance, the new entries, new and changed lots and reservations. `before` is the ledger as
   * it was locked; only what differs is written.
   */
  saveLedger(change: { before: Ledger; after: LedgerToSave; settlesAt: Date | null }): Promise<void>
}

/** A ledger whose new entries carry the fingerprints of the requests that made them. */
export interface LedgerToSave {
  readonly ledger: Ledger
  /** By entry id; entries made by the passing of time have none. */
  readonly fingerprints: Readonly<Record<string, string>>
}

/** An account to be added, with an empty ledger. */
export interface NewAccount {
  readonly id: string
  readonly name: string
  readonly status: AccountStatus
  readonly paymentMethod: PaymentMethod
  readonly planId: string | null
  readonly ownerId: string | null
  readonly createdAt: Date
}

/** What changes about an account; fields left out stay. */
export interface AccountChange {
  readonly accountId: string
  readonly status?: AccountStatus
  readonly statusReason?: string | null
  readonly paymentMethod?: PaymentMethod
  readonly planId?: string
  readonly at: Date
}
