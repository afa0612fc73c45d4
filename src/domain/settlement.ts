import type { CreditLot } from './credit.js'
import { allotSpends, compareText, internalKeyPrefix, type Ledger, post, type Stamp } from './ledger.js'
import { type CreditSchedule, creditsAfter, grantPlanCredits, nextMonthBoundary } from './plan-credits.js'
import type { Reservation } from './reservation.js'
import { endReservation } from './reserve.js'
import { keptAfterExpiry } from './rollover.js'
import type { Subscription } from './subscription.js'

/** A settled ledger, and the subscription with its next credits moved on. */
export interface Settlement {
  readonly ledger: Ledger
  readonly subscription: Subscription | null
}

/**
 * Brings a ledger up to `stamp.now`: allots spends to lots, then, in order of time, ends reservations and lots that have expired and grants
 * the credits of paid months that have begun. Running it twice, or late, or in several steps gives the same lots.
 */
export function settle(ledger: Ledger, schedule: CreditSchedule | null, stamp: Stamp): Settlement {
  let state: Settlement = { ledger: allotSpends(ledger), subscription: schedule?.subscription ?? null }
  for (;;) {
    const event = nextEvent(state, schedule)
    if (event === null || event.at > stamp.now) return state
    state = event.happen(state, stamp)
  }
}

/** Something that happens by itself when its time has come. */
interface TimedEvent {
  readonly at: Date
  readonly happen: (state: Settlement, stamp: Stamp) => Settlement
}

/** Of several at one instant, reservations end first, so that their credits expire with their lots, and new credits come last. */
function nextEvent({ ledger, subscription }: Settlement, schedule: CreditSchedule | null): TimedEvent | null {
  const events = [reservationEnd(ledger), lotExpiry(ledger), monthStart(subscription, schedule)]
  return events.reduce((first, event) => (event !== null && (first === null || event.at < first.at) ? event : first), null)
}

function reservationEnd(ledger: Ledger): TimedEvent | null {
  const reservation = first(openReservations(ledger), ({ expiresAt }) => expiresAt)
  if (reservation === undefined) return null
  const end = { status: 'expired', actual: 0, at: reservation.expiresAt } as const
  return {
    at: end.at,
    happen: (state, stamp) => ({ ...state, ledger: endReservation(state.ledger, reservation, end, stamp) }),
  }
}

function lotExpiry(ledger: Ledger): TimedEvent | null {
  const expiring = ledger.lots.flatMap((lot) => (isOpen(lot) && lot.expiresAt !== null ? { id: lot.id, lot, at: lot.expiresAt } : []))
  const next = first(expiring, ({ at }) => at)
  if (next === undefined) return null
  return { at: next.at, happen: (state, stamp) => ({ ...state, ledger: expire(state.ledger, next.lot, stamp) }) }
}

/** Of a lot with a cap, what has been set aside may outlive the expiry as well. */
const isOpen = ({ remaining, reserved, rolloverCap }: CreditLot): boolean => remaining > 0 || (reserved > 0 && rolloverCap !== null)

function monthStart(subscription: Subscription | null, schedule: CreditSchedule | null): TimedEvent | null {
  const at = subscription?.nextCreditsAt ?? null
  if (schedule === null || subscription === null || at === null) return null
  const time = { start: at, end: nextMonthBoundary(subscription.billingAnchor, at) }
  return {
    at,
    happen: ({ ledger }, stamp) => ({
      ledger: grantPlanCredits(ledger, { ...schedule, subscription }, time, stamp),
      subscription: { ...subscription, nextCreditsAt: creditsAfter(subscription, at) },
    }),
  }
}

const openReservations = ({ reservations }: Ledger): Reservation[] => reservations.filter(({ status }) => status === 'open')

function first<Item extends { readonly id: string }>(items: readonly Item[], at: (item: Item) => Date): Item | undefined {
  return [...items].sort((a, b) => at(a).getTime() - at(b).getTime() || compareText(a.id, b.id))[0]
}

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
