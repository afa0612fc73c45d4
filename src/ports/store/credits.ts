import type { CreditEntry, CreditLot } from '../../domain/credit.js'
import type { Reservation } from '../../domain/reservation.js'
import type { UsageGrouping, UsageSum } from '../../domain/usage.js'

/**
 * Questions and the one hot change of the ledger.
 *
 * Whoever writes an entry writes its {@link chainHash | hash} with it, made of the hash of the account's entry before and of the
 * {@link entryDigest | digest} of the new one, and keeps the newest hash of each account, so that the next one need not look for it.
 */
export interface CreditOperations {
  /**
   * Takes credits, once per key, in one statement: the balance goes down by `amount`, the unsettled spend up, and one `usage` entry is
   * written with the next number.
   *
   * Guard: the balance covers `amount`, the account is neither suspended nor cancelled, and `settlesAt` is not reached at `createdAt`.
   * `null` when it does not hold or there is no such account. An entry with the same key answers `replayed`, whatever it is of and
   * whatever the guard says; the caller compares the fingerprints. Calls with one new key at the same time take once.
   */
  spendCredits(spend: CreditSpend): Promise<SpendOutcome | null>
  /** An entry of any account. */
  findCreditEntry(entryId: string): Promise<RecordedEntry | null>
  /** The newest lot of type `subscription`, by its time and then its id, used up or not. */
  findNewestPlanLot(accountId: string): Promise<CreditLot | null>
  /** The credits that refunds have given back of an entry, in total. */
  sumRefunds(entry: { accountId: string; entryId: string }): Promise<number>
  /** A reservation of any account, open or not. */
  findReservation(reservationId: string): Promise<Reservation | null>
  findCreditEntryByKey(key: { accountId: string; idempotencyKey: string }): Promise<RecordedEntry | null>
  /**
   * Adds up an account's use in `[from, to)`, in the order of {@link compareKeys}; keys without use are left out. A sum that passes 2^53 - 1
   * comes out as some number that is no safe integer.
   */
  sumUsage(question: { accountId: string; from: Date; to: Date; by: UsageGrouping }): Promise<readonly UsageSum[]>
  /** Newest first: by number, descending. */
  listCreditEntries(page: { accountId: string; beforeSequence: number | null; limit: number }): Promise<readonly CreditEntry[]>
}

/** Credits to be taken. `amount` is a positive integer. */
export interface CreditSpend {
  readonly id: string
  readonly accountId: string
  readonly amount: number
  readonly idempotencyKey: string
  /** A hash of the request's content, to tell a repeated request from another one under the same key. */
  readonly fingerprint: string
  readonly operation: string
  readonly description: string
  readonly userId: string | null
  readonly apiKeyId: string | null
  readonly metadata: Readonly<Record<string, unknown>>
  readonly createdAt: Date
}

/** An entry and the fingerprint of the request that made it; `null` where no request did. */
export interface RecordedEntry {
  readonly entry: CreditEntry
  readonly fingerprint: string | null
}

/** An entry with its {@link chainHash | hash}, in hexadecimal. */
export interface HashedEntry extends RecordedEntry {
  readonly hash: string
}

/** What came of a spend. */
export interface SpendOutcome extends RecordedEntry {
  readonly outcome: 'spent' | 'replayed'
}
