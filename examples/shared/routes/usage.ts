import type { CreditEntry } from 'tenantry'
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

/** What was spent on each of the last days, newest first. Days without use are left out. */
export async function useByDay(app: App, accountId: string): Promise<DayOfUse[]> {
  const first = lastDays(app.clock()).at(-1) ?? ''
  const days = new Map<string, DayOfUse>()
  for await (const entry of newestFirst(app, accountId)) {
    const day = dayOf(entry.createdAt)
    if (day < first) break
    if (entry.type === 'usage') days.set(day, add(days.get(day) ?? { day, spent: 0, entries: 0 }, entry))
  }
  return [...days.values()]
}

/** The last days of UTC, newest first. */
export const lastDays = (now: Date): string[] =>
  Array.from({ length: daysCounted }, (_, ago) => dayOf(new Date(now.getTime() - ago * 86_400_000)))

const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10)

const add = ({ day, spent, entries }: DayOfUse, { amount }: CreditEntry): DayOfUse => ({
  day,
  spent: spent - amount,
  entries: entries + 1,
})

async function* newestFirst({ tenantry }: App, accountId: string): AsyncGenerator<CreditEntry> {
  let before: string | undefined
  do {
    const { items, next } = await tenantry.listCreditEntries({ accountId, before, limit: 200 })
    yield* items
    before = next ?? undefined
  } while (before !== undefined)
}
