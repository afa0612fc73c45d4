import type { AccountBook, BookCheck, Report } from './books.js'
import type { CreditEntry, CreditLot } from './credit.js'
import { usedParts } from './reservation.js'

/** A lot and what other parts of the books say about it. */
interface LotTally {
  readonly lot: CreditLot
  hasEntry: boolean
  lapsed: number
  /** What open reservations have of it. */
  setAside: number
  /** What reservations have used of it for good. */
  used: number
}

/** Lots are what entries have granted, and hold no more than is left of that. */
export function checkLots(book: AccountBook, report: Report): BookCheck {
  const tallies = tallyLots(book)
  return {
    entry(entry) {
      if (entry.type === 'expiration') tallyExpiration(tallies, entry, report)
      if (isGrant(entry)) tallyGrant(tallies, entry, report)
    },
    end() {
      for (const tally of tallies.values()) checkLot(tally, report)
      const expected = book.lots.reduce((sum, { remaining }) => sum + remaining, -book.unsettledSpend)
      if (expected !== book.balance) report({ invariant: 'balance_is_sum_of_lots', expected, found: book.balance })
    },
  }
}

function tallyLots({ lots, reservations }: AccountBook): Map<string, LotTally> {
  const tallies = new Map(lots.map((lot) => [lot.id, { lot, hasEntry: false, lapsed: 0, setAside: 0, used: 0 }]))
  for (const { status, parts, actual } of reservations) {
    for (const { lotId, amount, used } of usedParts(parts, actual ?? 0)) {
      const tally = tallies.get(lotId)
      if (tally === undefined) continue
      if (status === 'open') tally.setAside += amount
      tally.used += used
    }
  }
  return tallies
}

const isGrant = ({ type, amount }: CreditEntry): boolean =>
  type === 'subscription' || type === 'purchase' || type === 'promotion' || type === 'refund' || (type === 'adjustment' && amount > 0)

function tallyExpiration(tallies: Map<string, LotTally>, { sequence, amount, metadata }: CreditEntry, report: Report): void {
  const tally = tallies.get(String(metadata['lotId']))
  if (tally === undefined) report({ invariant: 'expiration_has_its_lot', sequence, expected: 0, found: amount })
  else tally.lapsed -= amount
}

function tallyGrant(tallies: Map<string, LotTally>, { id, type, sequence, amount }: CreditEntry, report: Report): void {
  const tally = tallies.get(id)
  if (tally?.lot.type !== type) {
    report({ invariant: 'grant_has_its_lot', sequence, expected: amount, found: 0 })
    return
  }
  tally.hasEntry = true
  const { granted } = tally.lot
  if (granted !== amount) report({ invariant: 'lot_has_its_entry', sequence, lotId: id, expected: amount, found: granted })
}

function checkLot({ lot, hasEntry, lapsed, setAside, used }: LotTally, report: Report): void {
  const { id: lotId, granted, remaining, reserved } = lot
  const found = remaining + reserved + lapsed + used
  if (!hasEntry) report({ invariant: 'lot_has_its_entry', lotId, expected: 0, found: granted })
  if (remaining < 0 || reserved < 0 || found > granted) report({ invariant: 'lot_within_grant', lotId, expected: granted, found })
  if (reserved !== setAside) report({ invariant: 'lots_hold_reservations', lotId, expected: setAside, found: reserved })
}

/** What is spent without a look at the lots must not outlive the first of them that expires. */
export function checkDueDate({ settlesAt, lots, reservations }: AccountBook, report: Report): BookCheck {
  return {
    entry() {},
    end() {
      const open = reservations.filter(({ status }) => status === 'open').map(({ expiresAt }) => expiresAt.getTime())
      const full = lots.flatMap(({ remaining, expiresAt }) => (remaining > 0 && expiresAt !== null ? expiresAt.getTime() : []))
      const first = [...open, ...full].reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
      const due = settlesAt?.getTime() ?? Number.POSITIVE_INFINITY
      // A time that is none is not in time.
      if (!(due <= first)) report({ invariant: 'settles_in_time', expected: first, found: settlesAt?.getTime() ?? 0 })
    },
  }
}
