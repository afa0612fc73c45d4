import { invariant } from '../errors.js'
import type { CreditEntry, CreditLot } from './credit.js'
import { burn, type EntryContent, internalKeyPrefix, type Ledger, post, type Stamp } from './ledger.js'
import { type Reservation, type ReservationStatus, type ReservedPart, usedParts } from './reservation.js'
import { isPast, keptAfterExpiry } from './rollover.js'

/** Credits to be set aside. The caller has checked that the balance covers `amount`, a positive integer. */
export interface ReserveRequest extends Omit<EntryContent, 'type' | 'operation'> {
  readonly amount: number
  readonly operation: string
  readonly expiresAt: Date
}

/** Sets credits aside, lot by lot, so that what is not used goes back to where it came from. Settle first. */
export function reserve(ledger: Ledger, { amount, expiresAt, ...content }: ReserveRequest, stamp: Stamp): Ledger {
  invariant(ledger.unsettledSpend === 0, 'a reservation needs a settled ledger')
  const id = stamp.newId()
  const { lots, taken } = burn(ledger.lots, amount)
  const reservation: Reservation = {
    id,
    accountId: ledger.accountId,
    status: 'open',
    amount,
    actual: null,
    operation: content.operation,
    userId: content.userId ?? null,
    apiKeyId: content.apiKeyId ?? null,
    metadata: content.metadata ?? {},
    parts: taken,
    expiresAt,
    createdAt: stamp.now,
    closedAt: null,
    balanceAtClose: null,
  }
  const reserved = {
    ...ledger,
    lots: lots.map((lot) => setAside(lot, partOf(taken, lot))),
    reservations: [...ledger.reservations, reservation],
  }
  return post(reserved, -amount, { ...content, type: 'reservation' }, { ...stamp, id })
}

const partOf = (parts: readonly ReservedPart[], { id }: CreditLot): number => parts.find(({ lotId }) => lotId === id)?.amount ?? 0

const setAside = (lot: CreditLot, amount: number): CreditLot => (amount === 0 ? lot : { ...lot, reserved: lot.reserved + amount })

/** How a reservation ends. */
export interface ReservationEnd {
  readonly status: Exclude<ReservationStatus, 'open'>
  /** What the work has cost, 0 to the amount reserved; 0 unless it is settled. */
  readonly actual: number
  /** When it ends; not after `stamp.now`. */
  readonly at: Date
}

/**
 * Ends an open reservation: all of it comes back with one `release` entry and what was used leaves with one `usage` entry. What is unused
 * returns to its lots; of a lot that has expired in the meantime it lapses at once, with an `expiration` entry, but for what its roll-over
 * keeps.
 */
export function endReservation(ledger: Ledger, reservation: Reservation, end: ReservationEnd, stamp: Stamp): Ledger {
  invariant(reservation.status === 'open' && end.actual <= reservation.amount, 'an open reservation ends at most at its amount')
  const { lots, lapsed } = giveBack(ledger.lots, reservation.parts, end)
  const released = post({ ...ledger, lots }, reservation.amount, contentOf(reservation, 'release'), stamp)
  const used = end.actual === 0 ? released : post(released, -end.actual, contentOf(reservation, 'usage'), stamp)
  const after = lapsed.reduce((next, { lot, amount }) => post(next, -amount, lapseOf(reservation, lot), stamp), used)
  const closed: Reservation = {
    ...reservation,
    status: end.status,
    actual: end.status === 'settled' ? end.actual : null,
    closedAt: end.at,
    balanceAtClose: after.balance,
  }
  return { ...after, reservations: after.reservations.map((other) => (other.id === closed.id ? closed : other)) }
}

/** What comes back too late. */
interface LapsedPart {
  readonly lot: CreditLot
  readonly amount: number
}

/** What is unused of a part returns to its lot, or lapses if that is over. */
function giveBack(
  before: readonly CreditLot[],
  parts: readonly ReservedPart[],
  { actual, at }: ReservationEnd,
): { lots: readonly CreditLot[]; lapsed: readonly LapsedPart[] } {
  let lots = before
  const lapsed: LapsedPart[] = []
  for (const { lotId, amount, used } of usedParts(parts, actual)) {
    const lot = lots.find(({ id }) => id === lotId)
    invariant(lot !== undefined, 'a lot of which something is set aside is in the ledger')
    const kept = keptOf(lots, lot, amount - used, at)
    if (used + kept < amount) lapsed.push({ lot, amount: amount - used - kept })
    const after = { ...lot, reserved: lot.reserved - amount, remaining: lot.remaining + kept }
    lots = lots.map((other) => (other.id === after.id ? after : other))
  }
  return { lots, lapsed }
}

function keptOf(lots: readonly CreditLot[], lot: CreditLot, returned: number, at: Date): number {
  if (!isPast(lot, at)) return returned
  return Math.max(0, keptAfterExpiry(lots, lot, lot.remaining + returned) - lot.remaining)
}

/** Not `expire:`, the key of a lot's own end: that has a number where this has an id, and the ids of a host may be numbers. */
const lapseOf = ({ id }: Reservation, lot: CreditLot): EntryContent => ({
  type: 'expiration',
  idempotencyKey: `${internalKeyPrefix}lapse:${lot.id}:${id}`,
  description: `Unused ${lot.type} credits lapsed`,
  metadata: { lotId: lot.id, reservationId: id, expiredAt: lot.expiresAt?.toISOString() ?? null },
})

const endKeyPrefixes = { release: `${internalKeyPrefix}release:`, usage: `${internalKeyPrefix}settle:` } as const

/** The id of the reservation that an entry makes, or is part of the end of; `null` for entries of anything else. */
export function reservationOf({ id, type, idempotencyKey, metadata }: CreditEntry): string | null {
  const named = metadata['reservationId']
  if (type === 'reservation') return id
  if (type === 'expiration') return typeof named === 'string' ? named : null
  const prefix = type === 'release' || type === 'usage' ? endKeyPrefixes[type] : null
  return prefix !== null && idempotencyKey.startsWith(prefix) ? idempotencyKey.slice(prefix.length) : null
}

const contentOf = (reservation: Reservation, type: 'release' | 'usage'): EntryContent => ({
  type,
  idempotencyKey: `${endKeyPrefixes[type]}${reservation.id}`,
  operation: reservation.operation,
  description: reservation.operation,
  metadata: { ...reservation.metadata, reservationId: reservation.id },
  userId: reservation.userId,
  apiKeyId: reservation.apiKeyId,
})
