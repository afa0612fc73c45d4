import fc from 'fast-check'
import { checkBook } from '../../src/domain/book-check.js'
import { recheckKeys } from '../../src/domain/book-keys.js'
import type { AccountBook, BookProblem } from '../../src/domain/books.js'
import { addDays, addMonths } from '../../src/domain/calendar.js'
import type { CreditEntry, CreditLot } from '../../src/domain/credit.js'
import { entryDigest, noEntryHash } from '../../src/domain/entry-hash.js'
import { compareBurnOrder, emptyLedger, grant, type Ledger, roomFor, takeAway } from '../../src/domain/ledger.js'
import type { CreditSchedule } from '../../src/domain/plan-credits.js'
import { refund } from '../../src/domain/refund.js'
import type { Reservation } from '../../src/domain/reservation.js'
import { endReservation, reserve } from '../../src/domain/reserve.js'
import { lapsePlanCredits, settle, settlesAt } from '../../src/domain/settlement.js'
import type { Subscription } from '../../src/domain/subscription.js'
import { samples } from '../../src/testing/samples.js'
import { sequentialIds } from '../../src/testing/sequential-ids.js'
import { hashed } from './hashed-entries.js'

export const start = new Date('2026-01-31T10:20:30.123Z')

/** What may happen to a ledger. Amounts are parts of what there is. */
export type Act =
  | { readonly act: 'spend' | 'take' | 'refund'; readonly part: number }
  | { readonly act: 'reserve'; readonly part: number; readonly days: number }
  | { readonly act: 'settle' | 'release'; readonly which: number; readonly part: number }
  | { readonly act: 'grant'; readonly part: number; readonly kind: CreditLotKind; readonly priority: number; readonly days: number | null }
  | { readonly act: 'lapse' | 'look' }

type CreditLotKind = 'subscription' | 'capped' | 'purchase'

export interface Step {
  /** The day on which it happens. */
  readonly day: number
  readonly does: Act
}

export interface History {
  readonly steps: readonly Step[]
  readonly schedule: CreditSchedule | null
  readonly cap: number
  /** The size of amounts: small ones, or so large that not every sum is a safe integer. */
  readonly scale: number
}

const part = fc.constantFrom(0.1, 0.25, 0.5, 0.9, 1)
const which = fc.nat(9)

/** Weeks, and the month boundaries of the schedule, so that moments often meet. */
const day = fc.constantFrom(...Array.from({ length: 18 }, (_, week) => week * 7), 59, 89, 120)
export const days = fc.constantFrom(7, 14, 21, 28)

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ act: fc.constantFrom('spend' as const, 'take' as const, 'refund' as const), part }),
  fc.record({ act: fc.constant('reserve' as const), part, days }),
  fc.record({ act: fc.constantFrom('settle' as const, 'release' as const), which, part }),
  fc.record({
    act: fc.constant('grant' as const),
    part,
    kind: fc.constantFrom<CreditLotKind>('subscription', 'capped', 'purchase'),
    priority: fc.integer({ min: 0, max: 1 }),
    days: fc.option(days),
  }),
  fc.record({ act: fc.constantFrom('lapse' as const, 'look' as const) }),
)

const schedules = (cap: number): fc.Arbitrary<CreditSchedule | null> =>
  fc.option(
    fc
      .record({ includedCredits: fc.integer({ min: 0, max: 1000 }), rollover: fc.constantFrom('none' as const, 'all' as const, { cap }) })
      .map(({ includedCredits, rollover }) => ({
        plan: samples.plan({ includedCredits, creditRollover: rollover }),
        subscription: samples.subscription({
          billingAnchor: start,
          currentPeriodEnd: addMonths(start, 4),
          nextCreditsAt: addMonths(start, 1),
        }),
      })),
  )

/** Histories of half a year. */
export const histories: fc.Arbitrary<History> = fc.integer({ min: 0, max: 800 }).chain((cap) =>
  fc.record({
    cap: fc.constant(cap),
    scale: fc.constantFrom(1000, 1000, Number.MAX_SAFE_INTEGER),
    schedule: schedules(cap),
    steps: fc.array(fc.record({ day, does: act }), { minLength: 1, maxLength: 24 }).map((steps) => steps.sort((a, b) => a.day - b.day)),
  }),
)

/** An account as a store keeps it: the ledger that a rule is given, and all that was ever written. */
export interface Kept {
  readonly ledger: Ledger
  readonly subscription: Subscription | null
  readonly settlesAt: Date | null
  readonly lots: ReadonlyMap<string, CreditLot>
  readonly reservations: ReadonlyMap<string, Reservation>
  readonly entries: readonly CreditEntry[]
}

/** Writes what a rule has made of a ledger, and loads it again: without what is used up, closed or written. */
function save(kept: Kept, ledger: Ledger, subscription: Subscription | null): Kept {
  const lots = new Map([...kept.lots, ...ledger.lots.map((lot) => [lot.id, lot] as const)])
  const reservations = new Map([...kept.reservations, ...ledger.reservations.map((one) => [one.id, one] as const)])
  const open = [...lots.values()].filter(({ remaining, reserved }) => remaining + reserved > 0).sort(compareBurnOrder)
  return {
    ledger: { ...ledger, lots: open, reservations: [...reservations.values()].filter(({ status }) => status === 'open'), entries: [] },
    subscription,
    settlesAt: settlesAt(ledger, subscription),
    lots,
    reservations,
    entries: [...kept.entries, ...ledger.entries],
  }
}

/** How a history is played. */
export interface Playing {
  /** Days at which somebody looks at the account, between the steps. */
  readonly looks?: readonly number[]
  /** Settles before every spend, not only where time demands it. */
  readonly isEager?: boolean
  /** How far the clock of the server that does a step is off, in days. */
  readonly skew?: (step: number) => number
  /** Is shown the account after each step. */
  readonly watch?: (kept: Kept, now: Date) => void
}

/** Plays a history as the services do. */
export function play({ steps, schedule, cap, scale }: History, { looks = [], isEager = false, skew, watch }: Playing = {}): Kept {
  const newId = sequentialIds()
  const world = { cap, scale, newId, isEager, schedule }
  const extra = looks.map((day): Step => ({ day, does: { act: 'look' } }))
  const all = [...extra, ...steps].sort((a, b) => a.day - b.day)
  const empty = emptyLedger('account-1')
  let kept: Kept = {
    ledger: empty,
    subscription: schedule?.subscription ?? null,
    settlesAt: settlesAt(empty, schedule?.subscription ?? null),
    lots: new Map(),
    reservations: new Map(),
    entries: [],
  }
  for (const [index, { day, does }] of all.entries()) {
    const now = addDays(start, Math.max(0, day + (skew?.(index) ?? 0)))
    kept = doAct(kept, does, now, world)
    watch?.(kept, now)
  }
  return kept
}

interface World {
  readonly cap: number
  readonly scale: number
  readonly newId: () => string
  readonly isEager: boolean
  readonly schedule: CreditSchedule | null
}

function doAct(kept: Kept, does: Act, now: Date, world: World): Kept {
  if (does.act === 'spend') {
    const isDue = kept.settlesAt !== null && kept.settlesAt <= now
    const ready = isDue || world.isEager ? settled(kept, now, world, (ledger) => ledger) : kept
    return spent(ready, Math.floor(ready.ledger.balance * does.part), now, world)
  }
  return settled(kept, now, world, (ledger) => changed({ ...kept, ledger }, does, now, world))
}

/** Settles the ledger and changes it, in one go. */
function settled(kept: Kept, now: Date, { schedule, newId }: World, change: (ledger: Ledger) => Ledger): Kept {
  const due = schedule && kept.subscription && { ...schedule, subscription: kept.subscription }
  const { ledger, subscription } = settle(kept.ledger, due, { now, newId })
  return save(kept, change(ledger), subscription ?? kept.subscription)
}

/** What a store does when credits are spent. */
function spent(kept: Kept, amount: number, now: Date, { newId }: World): Kept {
  if (amount === 0) return kept
  const { ledger } = kept
  const id = newId()
  const { fingerprint: _, ...content } = samples.spend({ id, createdAt: now })
  const [balance, sequence] = [ledger.balance - amount, ledger.sequence + 1]
  const entry: CreditEntry = {
    ...content,
    sequence,
    type: 'usage',
    amount: -amount,
    balanceAfter: balance,
    refundsEntryId: null,
    actor: null,
  }
  const after = { ...ledger, balance, sequence, unsettledSpend: ledger.unsettledSpend + amount }
  return { ...kept, ledger: after, entries: [...kept.entries, entry] }
}

function changed(kept: Kept, does: Exclude<Act, { act: 'spend' }>, now: Date, { newId, cap, scale }: World): Ledger {
  const { ledger } = kept
  const stamp = { now, newId }
  const open = ledger.reservations.filter(({ status }) => status === 'open')
  const idempotencyKey = `key-${ledger.sequence + 1}`
  const content = { idempotencyKey, description: 'Changed', operation: 'article' }
  switch (does.act) {
    case 'take': {
      const amount = Math.floor(ledger.balance * does.part)
      return amount === 0 ? ledger : takeAway(ledger, amount, { ...content, type: 'adjustment' }, stamp)
    }
    case 'reserve': {
      const amount = Math.floor(ledger.balance * does.part)
      return amount === 0 ? ledger : reserve(ledger, { ...content, amount, expiresAt: addDays(now, does.days) }, stamp)
    }
    case 'settle':
    case 'release': {
      const reservation = open[does.which % Math.max(1, open.length)]
      if (reservation === undefined) return ledger
      const actual = does.act === 'settle' ? Math.floor(reservation.amount * (does.part - 0.1)) : 0
      return endReservation(ledger, reservation, { status: does.act === 'settle' ? 'settled' : 'released', actual, at: now }, stamp)
    }
    case 'grant': {
      const amount = Math.min(roomFor(ledger), Math.ceil(scale * does.part))
      if (amount === 0) return ledger
      const type = does.kind === 'purchase' ? 'purchase' : 'subscription'
      const isCapped = does.kind === 'capped' && does.days !== null
      const expiresAt = does.days === null ? null : addDays(now, does.days)
      const lot = { type, amount, priority: does.priority, expiresAt, rolloverCap: isCapped ? cap : null, idempotencyKey } as const
      return grant(ledger, samples.grant(lot), stamp)
    }
    case 'refund':
      return refunded(kept, does.part, stamp, idempotencyKey)
    default:
      return does.act === 'lapse' ? lapsePlanCredits(ledger, stamp) : ledger
  }
}

/** Gives part of the oldest spend back of which something is left. */
function refunded(
  { ledger, entries, lots }: Kept,
  part: number,
  stamp: { now: Date; newId: () => string },
  idempotencyKey: string,
): Ledger {
  const givenBack = (id: string): number => sumOf(entries.filter(({ refundsEntryId }) => refundsEntryId === id).map(({ amount }) => amount))
  const spend = entries.find(({ id, type, amount }) => type === 'usage' && givenBack(id) < -amount)
  if (spend === undefined) return ledger
  const amount = Math.min(roomFor(ledger), Math.ceil((-spend.amount - givenBack(spend.id)) * part))
  if (amount === 0) return ledger
  const planLots = [...lots.values()].filter(({ type }) => type === 'subscription')
  const newestPlanLot = planLots.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1))[0] ?? null
  return refund(ledger, { amount, newestPlanLot, refundsEntryId: spend.id, idempotencyKey, description: 'Given back' }, stamp)
}

export const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

/** What the store would show to somebody who checks the books. */
export const bookOf = ({ ledger, entries, settlesAt: due, lots, reservations }: Kept): AccountBook => ({
  accountId: ledger.accountId,
  balance: ledger.balance,
  sequence: ledger.sequence,
  unsettledSpend: ledger.unsettledSpend,
  entryHash: hashed(entries).at(-1)?.hash ?? noEntryHash,
  settlesAt: due,
  lots: [...lots.values()],
  reservations: [...reservations.values()],
})

/** Checks the books of an account. */
export function problemsOf(book: AccountBook, entries: readonly CreditEntry[]): readonly BookProblem[] {
  const check = checkBook(book)
  for (const { entry, hash } of hashed(entries).toReversed()) {
    check.entry(entry, { sequence: entry.sequence, hash, digest: entryDigest(entry, null) })
  }
  const { problems, suspectKeys } = check.end()
  const doubled: BookProblem[] = []
  const again = recheckKeys(suspectKeys, (problem) => doubled.push({ ...problem, accountId: book.accountId }))
  for (const entry of entries.toReversed()) again.entry(entry)
  return [...problems, ...doubled]
}
