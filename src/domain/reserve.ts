import { invariant } from '../errors.js'
import type { CreditLot } from './credit.js'
import { burn, compareText, type EntryContent, internalKeyPrefix, type Ledger, post, type Stamp } from './ledger.js'
import type { Reservation, ReservationStatus, ReservedPart } from './reservation.js'

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
 * returns to its lots; of a lot that has expired in the meantime it lapses at once, with an `expiration` entry.
 */
export function endReservation(ledger: Ledger, reservation: Reservation, end: ReservationEnd, stamp: Stamp): Ledger {
  invariant(reservation.status === 'open' && end.actual <= reservation.amount, 'an open reservation ends at most at its amount')
  const returned = returnedParts(reservation.parts, end.actual)
  const freed = { ...ledger, lots: ledger.lots.map((lot) => giveBack(lot, partOf(reservation.parts, lot), partOf(returned, lot), end.at)) }
  const released = post(freed, reservation.amount, contentOf(reservation, 'release'), stamp)
  const used = end.actual === 0 ? released : post(released, -end.actual, contentOf(reservation, 'usage'), stamp)
  const lapsed = lapseReturned(used, reservation, returned, end.at, stamp)
  const closed: Reservation = {
    ...reservation,
    status: end.status,
    actual: end.status === 'settled' ? end.actual : null,
    closedAt: end.at,
    balanceAtClose: lapsed.balance,
  }
  return { ...lapsed, reservations: lapsed.reservations.map((other) => (other.id === closed.id ? closed : other)) }
}

/** The first lots are used up first; what is left of the parts goes back. */
function returnedParts(parts: readonly ReservedPart[], actual: number): ReservedPart[] {
  let used = actual
  return parts.flatMap(({ lotId, amount }) => {
    const taken = Math.min(used, amount)
    used -= taken
    return taken === amount ? [] : [{ lotId, amount: amount - taken }]
  })
}

const isExpired = (lot: CreditLot, at: Date): boolean => lot.expiresAt !== null && lot.expiresAt <= at

function giveBack(lot: CreditLot, part: number, returned: number, at: Date): CreditLot {
  if (part === 0) return lot
  return { ...lot, reserved: lot.reserved - part, remaining: lot.remaining + (isExpired(lot, at) ? 0 : returned) }
}

function lapseReturned(ledger: Ledger, reservation: Reservation, returned: readonly ReservedPart[], at: Date, stamp: Stamp): Ledger {
  const expired = ledger.lots.filter((lot) => partOf(returned, lot) > 0 && isExpired(lot, at)).sort((a, b) => compareText(a.id, b.id))
  return expired.reduce((next, lot) => {
    const content = {
      type: 'expiration',
      idempotencyKey: `${internalKeyPrefix}expire:${lot.id}:${reservation.id}`,
      description: `Unused ${lot.type} credits lapsed`,
      metadata: { lotId: lot.id, reservationId: reservation.id, expiredAt: lot.expiresAt?.toISOString() ?? null },
    } as const
    return post(next, -partOf(returned, lot), content, stamp)
  }, ledger)
}

const contentOf = (reservation: Reservation, type: 'release' | 'usage'): EntryContent => ({
  type,
  idempotencyKey: `${internalKeyPrefix}${type === 'usage' ? 'settle' : 'release'}:${reservation.id}`,
  operation: reservation.operation,
  description: reservation.operation,
  metadata: { ...reservation.metadata, reservationId: reservation.id },
  userId: reservation.userId,
  apiKeyId: reservation.apiKeyId,
})
