import type { CreditEntry, UsageSum } from 'tenantry'

/** A balance from one moment to the next. */
export interface BalanceStep {
  readonly at: Date
  readonly balance: number
}

/** How a balance moved between two moments. The first step begins at `from`; moments never go back. */
export interface BalanceLine {
  readonly from: Date
  readonly to: Date
  readonly steps: readonly BalanceStep[]
}

type Known = Pick<CreditEntry, 'sequence' | 'amount' | 'balanceAfter' | 'createdAt'>

/** What is known of a balance. */
export interface BalanceHistory {
  /** Newest first; older ones than `from` may be among them. */
  readonly entries: readonly Known[]
  /** Are there more entries since `from` than these? */
  readonly isCut: boolean
  readonly from: Date
  readonly now: Date
  /** The balance as it is now: credits may have lapsed of which no entry tells yet. */
  readonly balance: number
}

/** Ten minutes. */
const leastAge = 600_000

/**
 * How the balance moved since `from`, or since the account began or the oldest entry that is known, where that is later. `null` for an account
 * without entries.
 */
export function balanceLine({ entries, isCut, from, now, balance }: BalanceHistory): BalanceLine | null {
  const newest = entries[0]
  if (newest === undefined) return null
  const recent = entries.filter(({ createdAt }) => createdAt >= from)
  const oldest = recent.at(-1)
  const start = oldest === undefined ? from : startOf({ oldest, isCut, from, now })
  const before = oldest === undefined ? newest.balanceAfter : oldest.balanceAfter - oldest.amount
  const changes = recent.map((entry) => ({ at: entry.createdAt, balance: entry.balanceAfter })).reverse()
  const known = [{ at: start, balance: before }, ...changes]
  const steps = inOrder(known.at(-1)?.balance === balance ? known : [...known, { at: now, balance }], now)
  return { from: steps[0]?.at ?? start, to: now, steps }
}

function startOf({ oldest, isCut, from, now }: Pick<BalanceHistory, 'isCut' | 'from' | 'now'> & { oldest: Known }): Date {
  if (isCut) return oldest.createdAt
  return oldest.sequence === 1 ? beginningOf(oldest, from, now) : from
}

/** A little before the account's first entry, so that it is seen to begin with nothing; not so near that a new one were a dot. */
function beginningOf(first: { createdAt: Date }, from: Date, now: Date): Date {
  const age = Math.max(now.getTime() - first.createdAt.getTime(), leastAge)
  return new Date(Math.max(from.getTime(), now.getTime() - Math.round(age * 1.05)))
}

/** The machines that wrote the entries may have had clocks that differ. */
function inOrder(steps: readonly BalanceStep[], now: Date): BalanceStep[] {
  let latest = 0
  return steps.map(({ at, balance }) => {
    latest = Math.min(Math.max(latest, at.getTime()), now.getTime())
    return { at: new Date(latest), balance }
  })
}

/** One day in figures. */
export interface DayInNumbers {
  /** `YYYY-MM-DD`, in UTC. */
  readonly day: string
  readonly spent: number
  readonly refunded: number
  /** At the end of the day; `null` where that is not known. */
  readonly balance: number | null
}

/** The days on which something happened, newest first. */
export function daysInNumbers(line: BalanceLine | null, use: readonly UsageSum[]): DayInNumbers[] {
  const steps = line?.steps ?? []
  const balances = new Map(steps.map(({ at, balance }) => [dayOf(at), balance]))
  const uses = new Map(use.map((sum) => [sum.key, sum]))
  // The first step only says where the line begins.
  const days = new Set([...steps.slice(1).map(({ at }) => dayOf(at)), ...use.flatMap(({ key }) => key ?? [])])
  return [...days]
    .sort()
    .reverse()
    .map((name) => ({
      day: name,
      spent: uses.get(name)?.spent ?? 0,
      refunded: uses.get(name)?.refunded ?? 0,
      balance: balances.get(name) ?? null,
    }))
}

const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10)
