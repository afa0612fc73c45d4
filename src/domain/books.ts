import type { CreditEntry, CreditLot } from './credit.js'
import type { Reservation } from './reservation.js'

/**
 * The rules that the books of every account keep at every moment.
 *
 * - `balance_is_sum_of_entries`: the account's balance is the sum of its entries.
 * - `balance_is_sum_of_lots`: it is also what its lots hold, less what was spent and not yet taken from them.
 * - `balance_is_not_negative`: neither the account's balance nor that after any entry is below zero.
 * - `entries_are_numbered`: entries are numbered from the account's count down to 1, each number once.
 * - `entries_chain`: the balance after an entry is that after the one before and its amount, that after the first its amount, and the
 *   account's balance that after the newest.
 * - `entry_has_its_sign`: entries of a type that gives are positive, of one that takes negative, and none is 0.
 * - `keys_are_unique`: no two entries of an account have one idempotency key.
 * - `unsettled_spend_is_recent`: what is not yet taken from lots is the sum of the newest spends, as many as it may be.
 * - `lot_has_its_entry`: a lot has the entry of its id and type that granted it, of the same amount.
 * - `grant_has_its_lot`: an entry that grants credits has its lot.
 * - `lot_within_grant`: what is left of a lot, set aside, lapsed and used by reservations is nowhere negative and in all at most what was granted.
 * - `expiration_has_its_lot`: an `expiration` entry names a lot of the account.
 * - `lots_hold_reservations`: what is set aside of a lot is what open reservations have of it.
 * - `reservation_has_its_entry`: a reservation has the entry of its id that set its credits aside, of the same amount.
 * - `entry_has_its_reservation`: an entry that makes or ends a reservation has that reservation.
 * - `reservation_is_its_parts`: a reservation is the sum of its parts, and each part is of a lot of the account.
 * - `reservation_end_is_entered`: a reservation that has ended was released by one entry in full, and charged with what it has cost by
 *   another; an open one by none. The balance at its end is that after the last of them.
 * - `hash_is_of_its_entry`: an entry's hash is that of its content and of the hash before it, see {@link entryDigest}. Figures are hashes.
 * - `hash_is_the_newest`: the hash that the account keeps is that of its newest entry. Figures are hashes.
 * - `refund_has_its_spend`: a refund, and nothing else, names an entry of type `usage` that is older.
 * - `refunds_within_spend`: all refunds of an entry together are at most what it spent.
 * - `settles_in_time`: the account is due for settlement no later than its first lot or reservation expires. Figures are milliseconds since
 *   1970, 0 for never.
 */
export type BookInvariant =
  | 'balance_is_sum_of_entries'
  | 'balance_is_sum_of_lots'
  | 'balance_is_not_negative'
  | 'entries_are_numbered'
  | 'entries_chain'
  | 'entry_has_its_sign'
  | 'keys_are_unique'
  | 'unsettled_spend_is_recent'
  | 'lot_has_its_entry'
  | 'grant_has_its_lot'
  | 'lot_within_grant'
  | 'expiration_has_its_lot'
  | 'lots_hold_reservations'
  | 'reservation_has_its_entry'
  | 'entry_has_its_reservation'
  | 'reservation_is_its_parts'
  | 'reservation_end_is_entered'
  | 'hash_is_of_its_entry'
  | 'hash_is_the_newest'
  | 'refund_has_its_spend'
  | 'refunds_within_spend'
  | 'settles_in_time'

/** A rule that an account's books break, with the figures that show it and the place where it shows. */
export interface BookProblem {
  readonly invariant: BookInvariant
  readonly accountId: string
  readonly expected: number | string
  readonly found: number | string
  /** The number of the entry where it shows, where it shows at one. */
  readonly sequence?: number
  /** The lot where it shows, where it shows at one. */
  readonly lotId?: string
  /** The reservation where it shows, where it shows at one. */
  readonly reservationId?: string
}

/** What the account row, its lots and its reservations say. */
export interface AccountBook {
  readonly accountId: string
  readonly balance: number
  readonly sequence: number
  readonly unsettledSpend: number
  /** The hash of the newest entry, in hexadecimal. */
  readonly entryHash: string
  /** Until this instant a spend need not look at the lots; `null` for ever. */
  readonly settlesAt: Date | null
  /** All of them, used up or not. */
  readonly lots: readonly CreditLot[]
  /** All of them, open or not, by id. */
  readonly reservations: readonly Reservation[]
}

/** Writes a problem of the account down. */
export type Report = (problem: Omit<BookProblem, 'accountId'>) => void

/** A check of some rules. It is shown every entry of the account, from the newest to the oldest, and then told that this was all. */
export interface BookCheck {
  readonly entry: (entry: CreditEntry) => void
  readonly end: () => void
}
