import { invariant } from '../errors.js'
import type { Actor } from './actor.js'
import { addMonths, wholeMonths } from './calendar.js'
import type { CreditEntry, CreditEntryType, CreditLot, CreditLotType } from './credit.js'
import type { CreditRollover, Plan } from './plan.js'
import type { Subscription } from './subscription.js'

/**
 * The credits of one account, held still: a value that the rules below turn into the next value.
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
  /** The lots with something left, and, after a rule has run, those that it emptied. */
  readonly lots: readonly CreditLot[]
  /** Entries that the rules have made since the ledger was loaded, oldest first. */
  readonly entries: readonly CreditEntry[]
}

/** The moment of a change and the source of its ids. */
export interface Stamp {
  readonly now: Date
  readonly newId: () => string
}

/** When paid months' credits arrive, and how many. */
export interface CreditSchedule {
  readonly plan: Pick<Plan, 'name' | 'includedCredits' | 'creditRollover'>
  readonly subscription: Subscription
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

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** What the caller says about an entry; the ledger adds number, balance and time. */
export interface EntryContent {
  readonly type: CreditEntryType
  readonly idempotencyKey: string
  readonly description: string
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly actor?: Actor | null
}

/** Writes an entry of `amount` credits and moves the balance by it. */
function post(ledger: Ledger, amount: number, content: EntryContent, stamp: Stamp & { id?: string }): Ledger {
  const balance = ledger.balance + amount
  const sequence = ledger.sequence + 1
  invariant(Number.isSafeInteger(balance) && balance >= 0, `balance of ${ledger.accountId} would be ${balance}`)
  const entry: CreditEntry = {
    id: stamp.id ?? stamp.newId(),
    accountId: ledger.accountId,
    sequence,
    type: content.type,
    amount,
    balanceAfter: balance,
    operation: null,
    description: content.description,
    idempotencyKey: content.idempotencyKey,
    metadata: content.metadata ?? {},
    userId: null,
    apiKeyId: null,
    actor: content.actor ?? null,
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
    priority,
    expiresAt,
    rolloverCap: rolloverCap ?? null,
    createdAt: stamp.now,
  }
  return post({ ...ledger, lots: [...ledger.lots, lot] }, amount, content, { ...stamp, id })
}

/** Takes `amount` credits in burn order and writes the entry. The caller has checked that the balance covers it. */
export function takeAway(ledger: Ledger, amount: number, content: EntryContent, stamp: Stamp): Ledger {
  return post({ ...ledger, lots: burn(ledger.lots, amount) }, -amount, content, stamp)
}

/** Allots `amount` to the lots in burn order. */
function burn(lots: readonly CreditLot[], amount: number): CreditLot[] {
  let left = amount
  const burnt = [...lots].sort(compareBurnOrder).map((lot) => {
    const taken = Math.min(left, lot.remaining)
    left -= taken
    return taken === 0 ? lot : { ...lot, remaining: lot.remaining - taken }
  })
  invariant(left === 0, `${left} spent credits belong to no lot`)
  return burnt
}

/** Takes spends that are not yet allotted from the lots that were open when they happened. */
function allotSpends(ledger: Ledger): Ledger {
  return ledger.unsettledSpend === 0 ? ledger : { ...ledger, lots: burn(ledger.lots, ledger.unsettledSpend), unsettledSpend: 0 }
}

/** Ends one lot at its expiry: what the roll-over does not keep leaves with an `expiration` entry of its own. */
function expire(ledger: Ledger, lot: CreditLot, stamp: Stamp): Ledger {
  const kept = lot.rolloverCap === null ? 0 : Math.min(lot.remaining, Math.max(0, lot.rolloverCap - rolledOver(ledger, lot)))
  const lapsed = lot.remaining - kept
  const lots = ledger.lots.map((other) =>
    other.id === lot.id ? { ...lot, remaining: kept, expiresAt: kept > 0 ? null : lot.expiresAt } : other,
  )
  if (lapsed === 0) return { ...ledger, lots }
  const content = {
    type: 'expiration',
    idempotencyKey: `${internalKeyPrefix}expire:${lot.id}`,
    description: `Unused ${lot.type} credits lapsed`,
    metadata: { lotId: lot.id, expiredAt: lot.expiresAt?.toISOString() ?? null },
  } as const
  return post({ ...ledger, lots }, -lapsed, content, stamp)
}

/** Plan credits of earlier months that already rolled over under a cap. */
const rolledOver = (ledger: Ledger, lot: CreditLot): number =>
  ledger.lots
    .filter((other) => other.id !== lot.id && other.rolloverCap !== null && other.expiresAt === null)
    .reduce((sum, other) => sum + other.remaining, 0)

const byExpiry = (a: CreditLot, b: CreditLot): number =>
  (a.expiresAt?.getTime() ?? 0) - (b.expiresAt?.getTime() ?? 0) || compareText(a.id, b.id)

/** Ends every lot whose expiry is at or before `moment`. */
function expireUntil(ledger: Ledger, moment: Date, stamp: Stamp): Ledger {
  return ledger.lots
    .filter((lot) => lot.remaining > 0 && lot.expiresAt !== null && lot.expiresAt <= moment)
    .sort(byExpiry)
    .reduce((next, lot) => expire(next, lot, stamp), ledger)
}

/**
 * Ends unused plan and trial credits now, as far as their roll-over lets them: for an account whose old period is over because a new one
 * begins. Credits that were bought or given are left alone.
 */
export function lapsePlanCredits(ledger: Ledger, stamp: Stamp): Ledger {
  const ends = (lot: CreditLot): boolean => lot.type === 'subscription' && lot.remaining > 0 && lot.expiresAt !== null
  const lots = ledger.lots.map((lot) => (ends(lot) ? { ...lot, expiresAt: stamp.now } : lot))
  return expireUntil({ ...ledger, lots }, stamp.now, stamp)
}

/**
 * Grants the plan's credits for one month, or for a trial, once: the key is made of the subscription and the start.
 * They are open until `end`, and then follow the plan's roll-over.
 */
export function grantPlanCredits(
  ledger: Ledger,
  { plan, subscription }: CreditSchedule,
  time: { start: Date; end: Date },
  stamp: Stamp,
): Ledger {
  // A balance as large as can be takes no more, and its account goes on.
  const amount = Math.min(plan.includedCredits, Number.MAX_SAFE_INTEGER - ledger.balance)
  if (amount === 0) return ledger
  const { rolloverCap, expires } = rolloverOf(plan.creditRollover)
  const content: Grant = {
    type: 'subscription',
    amount,
    priority: 0,
    expiresAt: expires ? time.end : null,
    rolloverCap,
    idempotencyKey: planCreditsKey(subscription, time.start),
    description: `Credits of the plan ${plan.name}`,
    metadata: { from: time.start.toISOString(), until: time.end.toISOString() },
  }
  return grant(ledger, content, stamp)
}

/** A trial and the paid time that takes its place may begin at one instant, so their keys differ. */
const planCreditsKey = ({ id, status }: Subscription, start: Date): string =>
  `${internalKeyPrefix}${status === 'trialing' ? 'trial' : 'plan'}:${id}:${start.toISOString()}`

const rolloverOf = (rollover: CreditRollover): { rolloverCap: number | null; expires: boolean } =>
  typeof rollover === 'object' ? { rolloverCap: rollover.cap, expires: true } : { rolloverCap: null, expires: rollover === 'none' }

/** The first month boundary after `moment`, counted from the anchor. */
export function nextMonthBoundary(anchor: Date, moment: Date): Date {
  return addMonths(anchor, wholeMonths(anchor, moment) + 1)
}

/** A settled ledger, and the subscription with its next credits moved on. */
export interface Settlement {
  readonly ledger: Ledger
  readonly subscription: Subscription | null
}

/**
 * Brings a ledger up to `stamp.now`: allots spends to lots, then, in order of time, ends lots that have expired and grants the credits of
 * paid months that have begun. Running it twice, or late, or in several steps gives the same lots.
 */
export function settle(ledger: Ledger, schedule: CreditSchedule | null, stamp: Stamp): Settlement {
  let settled = allotSpends(ledger)
  let subscription = schedule?.subscription ?? null
  while (schedule !== null && subscription !== null && subscription.nextCreditsAt !== null && subscription.nextCreditsAt <= stamp.now) {
    const monthStart = subscription.nextCreditsAt
    settled = expireUntil(settled, monthStart, stamp)
    const end = nextMonthBoundary(subscription.billingAnchor, monthStart)
    settled = grantPlanCredits(settled, { ...schedule, subscription }, { start: monthStart, end }, stamp)
    subscription = { ...subscription, nextCreditsAt: creditsAfter(subscription, monthStart) }
  }
  return { ledger: expireUntil(settled, stamp.now, stamp), subscription }
}

/** When the credits after those of `monthStart` arrive, or `null` when the paid time ends before. */
export function creditsAfter(subscription: Subscription, monthStart: Date): Date | null {
  const next = nextMonthBoundary(subscription.billingAnchor, monthStart)
  return next < subscription.currentPeriodEnd ? next : null
}

/** The next instant at which time alone changes the ledger: until then a spend need not look at the lots. */
export function settlesAt(ledger: Ledger, subscription: Subscription | null): Date | null {
  const moments = ledger.lots.filter((lot) => lot.remaining > 0).map((lot) => lot.expiresAt)
  return [...moments, subscription?.nextCreditsAt ?? null].reduce(earlier, null)
}

const earlier = (a: Date | null, b: Date | null): Date | null => (a === null ? b : b === null || a <= b ? a : b)
