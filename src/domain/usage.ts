import type { CreditEntry } from './credit.js'

/** By what use is added up. A `day` is a day in UTC. */
export type UsageGrouping = 'day' | 'operation' | 'user' | 'api_key'

/** Every {@link UsageGrouping}. */
export const usageGroupings = ['day', 'operation', 'user', 'api_key'] as const satisfies readonly UsageGrouping[]

/** Use under one key. */
export interface UsageSum {
  /** The day as `YYYY-MM-DD`, the operation, or the id of the user or API key; `null` for use that names none. */
  readonly key: string | null
  /** Credits spent, without what was given back. */
  readonly spent: number
  /** Credits given back by refunds, under the day of the refund. */
  readonly refunded: number
  /** How many spends it was. */
  readonly count: number
}

/** What use is made of: spends, settled reservations, and refunds of either. */
export type UsageEntry = Pick<CreditEntry, 'type' | 'amount' | 'operation' | 'userId' | 'apiKeyId' | 'createdAt'>

/** Is it an entry that use is made of? */
export const isUsage = ({ type }: Pick<CreditEntry, 'type'>): boolean => type === 'usage' || type === 'refund'

/** Adds entries up, in the order of their keys with `null` last. */
export function sumUsage(entries: Iterable<UsageEntry>, by: UsageGrouping): UsageSum[] {
  const sums = new Map<string | null, UsageSum>()
  for (const entry of entries) {
    if (!isUsage(entry)) continue
    const key = keyOf(entry, by)
    const { spent, refunded, count } = sums.get(key) ?? { spent: 0, refunded: 0, count: 0 }
    const isSpend = entry.type === 'usage'
    sums.set(key, {
      key,
      spent: spent - (isSpend ? entry.amount : 0),
      refunded: refunded + (isSpend ? 0 : entry.amount),
      count: count + (isSpend ? 1 : 0),
    })
  }
  return [...sums.values()].sort(compareKeys)
}

const keyOf = (entry: UsageEntry, by: UsageGrouping): string | null =>
  by === 'day'
    ? entry.createdAt.toISOString().slice(0, 10)
    : by === 'operation'
      ? entry.operation
      : by === 'user'
        ? entry.userId
        : entry.apiKeyId

/** The order of a report: by key as text, use without a key last. */
export function compareKeys(a: UsageSum, b: UsageSum): number {
  if (a.key === null || b.key === null) return a.key === b.key ? 0 : a.key === null ? 1 : -1
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0
}
