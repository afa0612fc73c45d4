import type { CreditLot } from '../../domain/credit.js'
import { chainHash, entryDigest, noEntryHash } from '../../domain/entry-hash.js'
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
  /** Left out where there are no new entries. */
  readonly entry_hash?: Uint8Array
  readonly settles_at: Date | null
}

/** The rows of many changed ledgers; `hashes` has that of the newest entry of each account that gets more of them. */
export function ledgerRows(changes: readonly LedgerChange[], hashes: ReadonlyMap<string, string>): LedgerRows {
  const entries = changes.map((change) => newEntries(change, hashes.get(change.before.accountId) ?? noEntryHash))
  return {
    heads: changes.map((change, index) => headOf(change, entries[index]?.at(-1))),
    entries: entries.flat().map(creditEntryRow),
    ...partRows(changes),
  }
}

const partRows = (changes: readonly LedgerChange[]): Omit<LedgerRows, 'heads' | 'entries'> => ({
  lots: changes.flatMap(({ before, after }) => added(before.lots, after.ledger.lots).map(creditLotRow)),
  changedLots: changes.flatMap(changedLots),
  reservations: changes.flatMap(({ before, after }) => added(before.reservations, after.ledger.reservations).map(reservationRow)),
  endedReservations: changes.flatMap(endedReservations),
})

function headOf({ before, after: { ledger }, settlesAt }: LedgerChange, newest: HashedEntry | undefined): LedgerHead {
  return {
    account_id: ledger.accountId,
    sequence_before: before.sequence,
    credits: ledger.balance,
    unsettled_spend: ledger.unsettledSpend,
    entry_sequence: ledger.sequence,
    ...(newest !== undefined && { entry_hash: bytes(newest.hash) }),
    settles_at: settlesAt,
  }
}

/** Each with its hash, which follows from the one before. */
function newEntries({ before, after: { ledger, fingerprints } }: LedgerChange, newestHash: string): HashedEntry[] {
  let hash = newestHash
  const entries = ledger.entries.filter(({ sequence }) => sequence > before.sequence)
  return entries.map((entry) => {
    const fingerprint = fingerprints[entry.id] ?? null
    hash = chainHash(hash, entryDigest(entry, fingerprint))
    return { entry, fingerprint, hash }
  })
}

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
