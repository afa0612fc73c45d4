import { invariant } from '../errors.js'
import type { Actor } from './actor.js'
import type { CreditEntry, CreditEntryType, CreditLot, CreditLotType } from './credit.js'
import type { Reservation } from './reservation.js'

/**
 * The credits of one account, held still: a value that the rules turn into the next value.
 *
 * A spend does not touch the lots. It lowers the balance and raises `unsettledSpend`; {@link settle} allots that sum to the lots later.
 * This is exact because the lots never change between two settlements: whatever changes them settles first.
 */
export interface Ledger {
  readonly accountId: string
  /** Credits in total: the sum of all entries. */
  readonly balance: number
  /** The number of the newest entry; 0 before the first. */
  readonly sequence: number
  /** Spent since the last settlement and not yet taken from a lot. */
  readonly unsettledSpend: number
  /** The lots with something left or set aside, and, after a rule has run, those that it emptied. */
  readonly lots: readonly CreditLot[]
  /** The open reservations, and, after a rule has run, those that it closed. */
  readonly reservations: readonly Reservation[]
  /** Entries that the rules have made since the ledger was loaded, oldest first. */
  readonly entries: readonly CreditEntry[]
}

/** The moment of a change and the source of its ids. */
export interface Stamp {
  readonly now: Date
  readonly newId: () => string
}

/** Keys of entries that tenantry makes by itself begin with it; a caller's key may not. */
export const internalKeyPrefix = 'tenantry:'

/** A ledger without any history. */
export const emptyLedger = (accountId: string): Ledger => ({
  accountId,
  balance: 0,
  sequence: 0,
  unsettledSpend: 0,
  lots: [],
  reservations: [],
  entries: [],
})

/** The order in which lots are used up: priority, then earliest expiry with none last, then oldest, then id. */
export function compareBurnOrder(a: CreditLot, b: CreditLot): number {
  const expiry = (lot: CreditLot): number => lot.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY
  if (a.priority !== b.priority) return a.priority - b.priority
  if (expiry(a) !== expiry(b)) return expiry(a) - expiry(b)
  const age = a.createdAt.getTime() - b.createdAt.getTime()
  return age !== 0 ? age : compareText(a.id, b.id)
}

/** Credits that still fit: a balance, with all that reservations may give back, stays an integer that every engine and JSON keep exact. */
export function roomFor({ balance, reservations }: Ledger): number {
  const open = reservations.filter(({ status }) => status === 'open').reduce((sum, { amount }) => sum + amount, 0)
  return Number.MAX_SAFE_INTEGER - balance - open
}

/** The order of ids, by code unit as every store sorts them. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** What the caller says about an entry; the ledger adds number, balance and time. */
export interface EntryContent {
  readonly type: CreditEntryType
  readonly idempotencyKey: string
  readonly description: string
  readonly operation?: string | null
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly userId?: string | null
  readonly apiKeyId?: string | null
  readonly refundsEntryId?: string | null
  readonly actor?: Actor | null
}

/** Writes an entry of `amount` credits and moves the balance by it. */
export function post(ledger: Ledger, amount: number, content: EntryContent, stamp: Stamp & { id?: string }): Ledger {
  const balance = ledger.balance + amount
  const sequence = ledger.sequence + 1
  invariant(Number.isSafeInteger(balance) && balance >= 0, `balance of ${ledger.accountId} would be ${balance}`)
  const entry: CreditEntry = {
    operation: null,
    metadata: {},
    userId: null,
    apiKeyId: null,
    refundsEntryId: null,
    actor: null,
    ...content,
    id: stamp.id ?? stamp.newId(),
    accountId: ledger.accountId,
    sequence,
    amount,
    balanceAfter: balance,
    createdAt: stamp.now,
  }
  return { ...ledger, balance, sequence, entries: [...ledger.entries, entry] }
}

/** What a grant adds beside its entry. */
export interface Grant extends EntryContent {
  readonly type: CreditLotType
  /** Credits, a positive integer. */
  readonly amount: number
  readonly priority: number
  readonly expiresAt: Date | null
  readonly rolloverCap?: number | null
}

/** Adds a lot and its entry. Settle first: a new lot must not pay for spends that came before it. */
export function grant(ledger: Ledger, { amount, priority, expiresAt, rolloverCap, ...content }: Grant, stamp: Stamp): Ledger {
  invariant(ledger.unsettledSpend === 0, 'a grant needs a settled ledger')
  const id = stamp.newId()
  const lot: CreditLot = {
    id,
    accountId: ledger.accountId,
    type: content.type,
    granted: amount,
    remaining: amount,
    reserved: 0,
    priority,
    expiresAt,
    rolloverCap: rolloverCap ?? null,
    createdAt: stamp.now,
  }
  return post({ ...ledger, lots: [...ledger.lots, lot] }, amount, content, { ...stamp, id })
}

/** Takes `amount` credits in burn order and writes the entry. The caller has checked that the balance covers it. */
export function takeAway(ledger: Ledger, amount: number, content: EntryContent, stamp: Stamp): Ledger {
  return post({ ...ledger, lots: burn(ledger.lots, amount).lots }, -amount, content, stamp)
}

/** Takes `amount` from the lots in burn order; answers what was taken of which. */
export function burn(lots: readonly CreditLot[], amount: number): { lots: CreditLot[]; taken: { lotId: string; amount: number }[] } {
  let left = amount
  const taken: { lotId: string; amount: number }[] = []
  const burnt = [...lots].sort(compareBurnOrder).map((lot) => {
    const part = Math.min(left, lot.remaining)
    if (part === 0) return lot
    left -= part
    taken.push({ lotId: lot.id, amount: part })
    return { ...lot, remaining: lot.remaining - part }
  })
  invariant(left === 0, `${left} spent credits belong to no lot`)
  return { lots: burnt, taken }
}

/** Takes spends that are not yet allotted from the lots that were open when they happened. */
export function allotSpends(ledger: Ledger): Ledger {
  if (ledger.unsettledSpend === 0) return ledger
  return { ...ledger, lots: burn(ledger.lots, ledger.unsettledSpend).lots, unsettledSpend: 0 }
}
