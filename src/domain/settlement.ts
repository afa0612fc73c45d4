import type { CreditLot } from './credit.js'
import { allotSpends, compareText, internalKeyPrefix, type Ledger, post, type Stamp } from './ledger.js'
import { type CreditSchedule, creditsAfter, grantPlanCredits, nextMonthBoundary } from './plan-credits.js'
import type { Reservation } from './reservation.js'
import { endReservation } from './reserve.js'
import { keptAfterExpiry } from './rollover.js'
import { inForceAt } from './scheduled-change.js'
import type { Subscription } from './subscription.js'

/** A settled ledger, and the subscription with its next credits moved on. */
export interface Settlement {
  readonly ledger: Ledger
  readonly subscription: Subscription | null
}

/**
 * Brings a ledger up to `stamp.now`: allots spends to lots, then, in order of time, ends reservations and lots that have expired and grants
 * the credits of paid months that have begun, on the plan that counts then. Running it twice, or late, or in several steps gives the same lots.
 */
export function settle(ledger: Ledger, schedule: CreditSchedule | null, stamp: Stamp): Settlement {
  let state: ScheduledLedger = { ledger: allotSpends(ledger), schedule }
  for (;;) {
    const month = state.schedule?.subscription.nextCreditsAt ?? null
    const isDue = month !== null && month <= stamp.now
    const ended = endUntil(state.ledger, isDue ? month : stamp.now, stamp)
    if (state.schedule === null) return { ledger: ended, subscription: null }
    if (!isDue) return { ledger: ended, subscription: inForceAt(state.schedule, stamp.now).subscription }
    state = beginMonth(ended, inForceAt(state.schedule, month), month, stamp)
  }
}

interface ScheduledLedger {
  readonly ledger: Ledger
  readonly schedule: CreditSchedule | null
}

/** Something that ends by itself. */
interface TimedEnd {
  readonly at: Date
  /** Of several ends at one instant, the lower comes first. */
  readonly rank: number
  readonly id: string
  readonly end: (ledger: Ledger, stamp: Stamp) => Ledger
}

/** Ends all that expires up to a moment, at that moment too: at one instant reservations first, so that their credits expire with their lots. */
function endUntil(ledger: Ledger, until: Date, stamp: Stamp): Ledger {
  const ends = [...openReservations(ledger).map(reservationEnd), ...ledger.lots.flatMap(lotEnd)]
  const due = ends.filter(({ at }) => at <= until).sort(compareEnds)
  return due.reduce((next, { end }) => end(next, stamp), ledger)
}

const compareEnds = (a: TimedEnd, b: TimedEnd): number => a.at.getTime() - b.at.getTime() || a.rank - b.rank || compareText(a.id, b.id)

function reservationEnd(reservation: Reservation): TimedEnd {
  const { id, expiresAt: at } = reservation
  const end = (ledger: Ledger, stamp: Stamp): Ledger => endReservation(ledger, reservation, { status: 'expired', actual: 0, at }, stamp)
  return { at, rank: 0, id, end }
}

function lotEnd({ id, expiresAt: at }: CreditLot): TimedEnd[] {
  const end = (ledger: Ledger, stamp: Stamp): Ledger => {
    const lot = ledger.lots.find((one) => one.id === id)
    return lot !== undefined && isOpen(lot) ? expire(ledger, lot, stamp) : ledger
  }
  return at === null ? [] : [{ at, rank: 1, id, end }]
}

/** Of a lot with a cap, what has been set aside may outlive the expiry as well. */
const isOpen = ({ remaining, reserved, rolloverCap }: CreditLot): boolean => remaining > 0 || (reserved > 0 && rolloverCap !== null)

function beginMonth(ledger: Ledger, schedule: CreditSchedule, start: Date, stamp: Stamp): ScheduledLedger {
  const { subscription } = schedule
  const time = { start, end: nextMonthBoundary(subscription.billingAnchor, start) }
  return {
    ledger: grantPlanCredits(ledger, schedule, time, stamp),
    schedule: { ...schedule, subscription: { ...subscription, nextCreditsAt: creditsAfter(subscription, start) } },
  }
}

const openReservations = ({ reservations }: Ledger): Reservation[] => reservations.filter(({ status }) => status === 'open')

/** Ends one lot at its expiry: what the roll-over does not keep leaves with an `expiration` entry of its own. */
function expire(ledger: Ledger, lot: CreditLot, stamp: Stamp): Ledger {
  const kept = keptAfterExpiry(ledger.lots, lot, lot.remaining)
  const lapsed = lot.remaining - kept
  const goesOn = kept > 0 || (lot.rolloverCap !== null && lot.reserved > 0)
  const ended = { ...lot, remaining: kept, expiresAt: goesOn ? null : lot.expiresAt }
  const lots = ledger.lots.map((other) => (other.id === lot.id ? ended : other))
  if (lapsed === 0) return { ...ledger, lots }
  const content = {
    type: 'expiration',
    // Where two servers' clocks differ, credits may come back to a lot that has ended, and end with it once more: hence the number.
    idempotencyKey: `${internalKeyPrefix}expire:${lot.id}:${ledger.sequence + 1}`,
    description: `Unused ${lot.type} credits lapsed`,
    metadata: { lotId: lot.id, expiredAt: lot.expiresAt?.toISOString() ?? null },
  } as const
  return post({ ...ledger, lots }, -lapsed, content, stamp)
}

/**
 * Ends unused plan and trial credits now, as far as their roll-over lets them: for an account whose old period is over because a new one
 * begins. Credits that were bought or given are left alone. What reservations have set aside ends likewise if it comes back.
 */
export function lapsePlanCredits(ledger: Ledger, stamp: Stamp): Ledger {
  const isUnused = (lot: CreditLot): boolean => lot.remaining + lot.reserved > 0 && lot.expiresAt !== null && lot.expiresAt > stamp.now
  const ends = (lot: CreditLot): boolean => lot.type === 'subscription' && isUnused(lot)
  const lots = ledger.lots.map((lot) => (ends(lot) ? { ...lot, expiresAt: stamp.now } : lot))
  return settle({ ...ledger, lots }, null, stamp).ledger
}

/** The next instant at which time alone changes the ledger: until then a spend need not look at the lots. */
export function settlesAt(ledger: Ledger, subscription: Subscription | null): Date | null {
  const lots = ledger.lots.filter((lot) => lot.remaining > 0).map((lot) => lot.expiresAt)
  const reservations = openReservations(ledger).map(({ expiresAt }) => expiresAt)
  return [...lots, ...reservations, subscription?.nextCreditsAt ?? null].reduce(earlier, null)
}

const earlier = (a: Date | null, b: Date | null): Date | null => (a === null ? b : b === null || a <= b ? a : b)
