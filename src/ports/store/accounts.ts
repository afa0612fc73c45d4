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
  /** When the first of its payments is due that is `requested` or `submitted`, and due after `livedUntil`. */
  readonly paymentDueAt: Date | null
  /** Up to this moment what time brought has been carried out; `null` before the first time. */
  readonly livedUntil: Date | null
  /** When time next brings something to the account, `null` for never; what {@link LockedAccountOperations.lockDueAccounts} goes by. */
  readonly nextDueAt: Date | null
}

/** Changes of an account. Each is only for a transaction that has locked the account, or added it. */
export interface LockedAccountOperations {
  /**
   * Reads an account and holds it until the transaction ends; others who want to change it wait. Lock an account before anything else of
   * it is read or written, several in the order of their ids.
   */
  lockAccount(accountId: string): Promise<AccountState | null>
  /**
   * Reads and holds up to `limit` accounts whose `nextDueAt` has come by `now`, those that have waited longest first. Accounts that another
   * transaction holds are left out, where the engine can see that, and so are those of `except`: it waits for nobody.
   */
  lockDueAccounts(due: { now: Date; limit: number; except: readonly string[] }): Promise<readonly AccountState[]>
  addAccount(account: NewAccount): Promise<void>
  saveAccount(change: AccountChange): Promise<void>
  /** {@link saveAccount} for several accounts. */
  saveAccounts(changes: readonly AccountChange[]): Promise<void>
  /** Adds the account's subscription, or replaces it. */
  saveSubscription(subscription: Subscription): Promise<void>
  /** {@link saveSubscription} for several accounts, each once. */
  saveSubscriptions(subscriptions: readonly Subscription[]): Promise<void>
  /**
   * Writes what the rules made of a ledger: the balance, the new entries, new and changed lots and reservations. `before` is the ledger as
   * it was locked; only what differs is written.
   */
  saveLedger(change: LedgerChange): Promise<void>
  /** {@link saveLedger} for several accounts, each once. Where the engine can, the number of statements does not grow with them. */
  saveLedgers(changes: readonly LedgerChange[]): Promise<void>
  /** Writes how far accounts have lived and when time next brings them something, each once. */
  saveDueDates(dates: readonly DueDate[]): Promise<void>
}

/** What the rules made of a ledger. */
export interface LedgerChange {
  readonly before: Ledger
  readonly after: LedgerToSave
  readonly settlesAt: Date | null
}

/** How far an account has lived, and when time next brings it something. */
export interface DueDate {
  readonly accountId: string
  readonly livedUntil: Date | null
  readonly nextDueAt: Date | null
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
  readonly throttles?: Account['throttles']
  readonly at: Date
}
