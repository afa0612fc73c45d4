import type { AccountBook, BookCheck, Report } from './books.js'
import type { CreditEntry } from './credit.js'
import type { Reservation } from './reservation.js'
import { reservationOf } from './reserve.js'

/** A reservation and what the entries say about it. */
interface ReservationTally {
  readonly reservation: Reservation
  setAside: number
  released: number
  used: number
  /** The balance after the last entry of its end. */
  balanceAtEnd: number | null
}

/** Reservations are what entries have set aside, and ended as entries say. */
export function checkReservations({ reservations, lots }: AccountBook, report: Report): BookCheck {
  const tallies = new Map(
    reservations.map((reservation) => [reservation.id, { reservation, setAside: 0, released: 0, used: 0, balanceAtEnd: null }]),
  )
  const lotIds = new Set(lots.map(({ id }) => id))
  return {
    entry(entry) {
      const reservationId = reservationOf(entry)
      if (reservationId === null) return
      const tally = tallies.get(reservationId)
      if (tally !== undefined) tallyEntry(tally, entry)
      else report({ invariant: 'entry_has_its_reservation', sequence: entry.sequence, reservationId, expected: 0, found: entry.amount })
    },
    end() {
      for (const tally of tallies.values()) {
        checkParts(tally.reservation, lotIds, report)
        checkEntries(tally, report)
      }
    },
  }
}

/** Entries come newest first. */
function tallyEntry(tally: ReservationTally, { type, amount, balanceAfter }: CreditEntry): void {
  if (type === 'reservation') tally.setAside -= amount
  else tally.balanceAtEnd ??= balanceAfter
  if (type === 'release') tally.released += amount
  if (type === 'usage') tally.used -= amount
}

function checkParts({ id: reservationId, amount, parts }: Reservation, lotIds: ReadonlySet<string>, report: Report): void {
  const found = parts.reduce((sum, part) => sum + part.amount, 0)
  if (found !== amount) report({ invariant: 'reservation_is_its_parts', reservationId, expected: amount, found })
  for (const part of parts.filter(({ lotId }) => !lotIds.has(lotId))) {
    report({ invariant: 'reservation_is_its_parts', reservationId, lotId: part.lotId, expected: 0, found: part.amount })
  }
}

function checkEntries({ reservation, setAside, released, used, balanceAtEnd }: ReservationTally, report: Report): void {
  const { id: reservationId, status, amount, actual, balanceAtClose } = reservation
  if (setAside !== amount) report({ invariant: 'reservation_has_its_entry', reservationId, expected: setAside, found: amount })
  const end = (expected: number, found: number): void => {
    if (expected !== found) report({ invariant: 'reservation_end_is_entered', reservationId, expected, found })
  }
  end(status === 'open' ? 0 : amount, released)
  end(actual ?? 0, used)
  if (status !== 'open' && balanceAtEnd !== null) end(balanceAtEnd, balanceAtClose ?? 0)
}
