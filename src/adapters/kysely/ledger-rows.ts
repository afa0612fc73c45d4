import type { CreditLot } from '../../domain/credit.js'
import { chainEntries, noEntryHash } from '../../domain/entry-hash.js'
import type { Reservation } from '../../domain/reservation.js'
import type { LedgerChange } from '../../ports/store/accounts.js'
import type { HashedEntry } from '../../ports/store/credits.js'
import { creditEntryRow, creditLotRow } from './rows/credit.js'
import { reservationRow } from './rows/reservation.js'
import { bytes } from './rows/values.js'
import type { NewRow } from './tables.js'

/** What has to be written of changed ledgers: only what differs from the ledgers as they were locked. */
export interface LedgerRows {
  readonly heads: readonly LedgerHead[]
  readonly entries: readonly NewRow<'tenantry_credit_entry'>[]
  readonly lots: readonly NewRow<'tenantry_credit_lot'>[]
  readonly changedLots: readonly Pick<NewRow<'tenantry_credit_lot'>, LotKey | 'remaining' | 'reserved' | 'expires_at'>[]
  readonly reservations: readonly NewRow<'tenantry_credit_reservation'>[]
  readonly endedReservations: readonly Pick<
    NewRow<'tenantry_credit_reservation'>,
    LotKey | 'status' | 'actual' | 'closed_at' | 'balance_at_close'
  >[]
}

type LotKey = 'account_id' | 'id'

/** What of a ledger is in the row of its account. */
export interface LedgerHead {
  readonly account_id: string
  /** The number of the newest entry as the ledger was locked: should it be another one by now, it was not held. */
  readonly sequence_before: number
  readonly credits: number
  readonly unsettled_spend: number
  readonly entry_sequence: number
  readonly settles_at: Date | null
  /** The hash of the newest entry; left out where it is the one it was. */
  readonly entry_hash: Uint8Array | undefined
}

/** By account, the hash of the newest entry as the ledgers were locked. */
export type EntryHashes = ReadonlyMap<string, string>

/** The rows of many changed ledgers. */
export function ledgerRows(changes: readonly LedgerChange[], hashes: EntryHashes): LedgerRows {
  const hashed = changes.map((change) => hashedEntries(change, hashes.get(change.before.accountId) ?? noEntryHash))
  return {
    heads: changes.map((change, index) => headOf(change, hashed[index]?.at(-1)?.hash)),
    entries: hashed.flat().map(creditEntryRow),
    lots: changes.flatMap(({ before, after }) => added(before.lots, after.ledger.lots).map(creditLotRow)),
    changedLots: changes.flatMap(changedLots),
    reservations: changes.flatMap(({ before, after }) => added(before.reservations, after.ledger.reservations).map(reservationRow)),
    endedReservations: changes.flatMap(endedReservations),
  }
}

function headOf({ before, after: { ledger }, settlesAt }: LedgerChange, entryHash: string | undefined): LedgerHead {
  return {
    account_id: ledger.accountId,
    sequence_before: before.sequence,
    credits: ledger.balance,
    unsettled_spend: ledger.unsettledSpend,
    entry_sequence: ledger.sequence,
    settles_at: settlesAt,
    entry_hash: entryHash === undefined ? undefined : bytes(entryHash),
  }
}

/** Does the change add entries? */
export const addsEntries = ({ before, after }: LedgerChange): boolean => after.ledger.sequence > before.sequence

/** The new entries, each with its hash. */
const hashedEntries = ({ before, after: { ledger, fingerprints } }: LedgerChange, hashBefore: string): HashedEntry[] =>
  chainEntries(
    ledger.entries.filter(({ sequence }) => sequence > before.sequence),
    fingerprints,
    hashBefore,
  )

function added<Part extends { readonly id: string }>(before: readonly Part[], after: readonly Part[]): Part[] {
  const known = new Set(before.map(({ id }) => id))
  return after.filter(({ id }) => !known.has(id))
}

function changedLots({ before, after }: LedgerChange) {
  const known = new Map(before.lots.map((lot) => [lot.id, lot]))
  const changed = after.ledger.lots.filter((lot) => isChanged(known.get(lot.id), lot))
  return changed.map(({ accountId, id, remaining, reserved, expiresAt }) => ({
    account_id: accountId,
    id,
    remaining,
    reserved,
    expires_at: expiresAt,
  }))
}

/** Of a lot, only what is left, what is set aside and when it expires ever change. */
const isChanged = (before: CreditLot | undefined, lot: CreditLot): boolean =>
  before !== undefined &&
  (before.remaining !== lot.remaining || before.reserved !== lot.reserved || before.expiresAt?.getTime() !== lot.expiresAt?.getTime())

/** A reservation is added open and changes once, when it ends. */
function endedReservations({ before, after }: LedgerChange) {
  const known = new Map(before.reservations.map((reservation) => [reservation.id, reservation]))
  const hasEnded = ({ id, status }: Reservation): boolean => status !== 'open' && known.get(id)?.status === 'open'
  return after.ledger.reservations.filter(hasEnded).map(({ accountId, id, status, actual, closedAt, balanceAtClose }) => ({
    account_id: accountId,
    id,
    status,
    actual,
    closed_at: closedAt,
    balance_at_close: balanceAtClose,
  }))
}
