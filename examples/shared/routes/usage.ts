import type { CreditEntry, UsageSum } from 'tenantry'
import type { App } from '../app.js'

/** What an account used on one day of UTC. */
export interface DayOfUse {
  /** `YYYY-MM-DD` */
  readonly day: string
  readonly spent: number
  /** How many times something was spent. */
  readonly entries: number
}

/** How far back the use of an account is counted, in days of UTC with today. */
export const daysCounted = 30

const day = 86_400_000

/** The days that are counted: from the first instant of the first to the first instant after today. */
export function daysUntil(now: Date): { from: Date; to: Date } {
  const to = (Math.floor(now.getTime() / day) + 1) * day
  return { from: new Date(to - daysCounted * day), to: new Date(to) }
}

/** What was spent on each of the last days, newest first. Days without spending are left out. */
export async function useByDay({ tenantry, clock }: App, accountId: string): Promise<DayOfUse[]> {
  const { items } = await tenantry.usageReport({ accountId, ...daysUntil(clock()), by: 'day' })
  return items.flatMap(({ key, spent, count }) => (key === null || count === 0 ? [] : [{ day: key, spent, entries: count }])).reverse()
}

/** How an account used its credits in the last days. */
export interface RecentUse {
  readonly from: Date
  readonly now: Date
  /** Newest first, some of them older than `from`. */
  readonly entries: readonly CreditEntry[]
  /** Are there more entries since `from` than were read? */
  readonly isCut: boolean
  readonly byDay: readonly UsageSum[]
  readonly byOperation: readonly UsageSum[]
}

/** A page shows no more than so many entries, however busy the account was. */
const entriesRead = 1000

/** What the customer's page shows of the last days. */
export async function recentUse(app: App, accountId: string): Promise<RecentUse> {
  const now = app.clock()
  const { from, to } = daysUntil(now)
  const [{ entries, isCut }, byDay, byOperation] = await Promise.all([
    entriesSince(app, accountId, from),
    app.tenantry.usageReport({ accountId, from, to, by: 'day' }),
    app.tenantry.usageReport({ accountId, from, to, by: 'operation' }),
  ])
  return { from, now, entries, isCut, byDay: byDay.items, byOperation: byOperation.items }
}

async function entriesSince({ tenantry }: App, accountId: string, from: Date): Promise<Pick<RecentUse, 'entries' | 'isCut'>> {
  const entries: CreditEntry[] = []
  for (let before: string | undefined; ; ) {
    const page = await tenantry.listCreditEntries({ accountId, before, limit: 200 })
    entries.push(...page.items)
    const isEnough = page.next === null || entries.some(({ createdAt }) => createdAt < from)
    if (isEnough || entries.length >= entriesRead) return { entries, isCut: !isEnough }
    before = page.next ?? undefined
  }
}
