import { createHash } from 'node:crypto'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { createTenantry, type Tenantry } from 'tenantry'
import { kyselyStore, migrate } from 'tenantry/kysely'
import { memoryStore } from 'tenantry/memory'
import { countingBytes, type ManualClock, manualClock, plainHasher, sequentialIds } from 'tenantry/testing'
import { addMonths, wholeMonths } from '../../src/domain/calendar.js'
import { nextMonthBoundary } from '../../src/domain/plan-credits.js'
import { admin, plans, transfer } from './host.js'

/** What a process is told: a database, and the time zone of its session. Without one it only counts months. */
export interface ZoneOrders {
  readonly database: { readonly url: string; readonly zone: string } | null
}

/** What it tells. */
export interface ZoneReport {
  /** The offset from UTC, in minutes, in which the process believes a summer's day to be: to see that its zone was heeded. */
  readonly offset: number
  readonly sessionZone: string | null
  readonly calendar: string
  readonly life: unknown
}

async function report({ database }: ZoneOrders): Promise<ZoneReport> {
  const offset = new Date('2026-07-01T00:00:00.000Z').getTimezoneOffset()
  const calendar = calendarDigest()
  if (database === null) return { offset, sessionZone: null, calendar, life: await live(memoryStore()) }
  const pool = new pg.Pool({ connectionString: database.url, options: `-c timezone=${database.zone}` })
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  try {
    await migrate(db)
    const { rows } = await pool.query<{ TimeZone: string }>('show timezone')
    return { offset, sessionZone: rows[0]?.TimeZone ?? null, calendar, life: await live(kyselyStore(db)) }
  } finally {
    await db.destroy()
  }
}

const hours = [0, 1.5, 2.5, 7, 12, 23.999]

/** A hash of month boundaries from every sixth day of 1970 to 2199, at hours at which some zone has another day or changes its clock. */
export function calendarDigest(): string {
  const digest = createHash('sha256')
  const end = Date.UTC(2200, 0, 1)
  for (let day = 0, turn = 0; day < end; day += 6 * 86_400_000, turn++) {
    const anchor = new Date(day + (hours[turn % hours.length] ?? 0) * 3_600_000)
    for (const months of [1, 2, 11, 12, 13]) {
      const boundary = addMonths(anchor, months)
      const next = nextMonthBoundary(anchor, boundary)
      digest.update(`${boundary.toISOString()} ${wholeMonths(anchor, boundary)} ${next.toISOString()}\n`)
    }
  }
  return digest.digest('hex')
}

/** A customer's months from 31 January on, with all that there is to see at their boundaries. */
async function live(store: Parameters<typeof createTenantry>[0]['store']): Promise<unknown> {
  const clock = manualClock('2026-01-31T23:30:00.123Z')
  const ports = { clock, passwords: plainHasher(), newId: sequentialIds(), randomBytes: countingBytes() }
  const tenantry: Tenantry = createTenantry({ store, plans, ...ports })
  await tenantry.syncPlans(plans)
  const { account, user } = await tenantry.registerTrial({ email: 'ada@example.com' })
  const owner = { type: 'user', id: user.id } as const
  await tenantry.confirmBankTransfer(transfer(account.id, 'starter', 3), admin)
  const seen: unknown[] = []
  for (const month of [1, 2, 3, 4, 5]) {
    if (month === 2) await tenantry.changePlan({ accountId: account.id, planSlug: 'pro', when: 'now' }, admin)
    if (month === 3) await tenantry.changePlan({ accountId: account.id, planSlug: 'saver', when: 'period_end' }, owner)
    if (month === 3) await tenantry.confirmBankTransfer(transfer(account.id, 'saver', 2), admin)
    if (month === 5) await tenantry.cancelSubscription({ accountId: account.id, when: 'period_end' }, owner)
    seen.push(...(await seenAround({ tenantry, clock, accountId: account.id }, addMonths(new Date('2026-01-31T23:30:00.123Z'), month))))
  }
  const usage = { accountId: account.id, from: new Date('2026-01-01'), to: new Date('2027-01-01'), by: 'day' } as const
  return [
    seen,
    await tenantry.getAccount({ accountId: account.id }),
    await tenantry.listCreditEntries({ accountId: account.id, limit: 200 }),
    await tenantry.listPayments({ accountId: account.id }),
    await tenantry.usageReport(usage),
    await tenantry.verifyBooks(),
  ]
}

async function seenAround(host: { tenantry: Tenantry; clock: ManualClock; accountId: string }, boundary: Date): Promise<unknown[]> {
  const { tenantry, clock, accountId } = host
  const seen: unknown[] = []
  for (const offset of [-1, 0, 3_600_000]) {
    clock.set(new Date(boundary.getTime() + offset))
    const decision = await tenantry.validateAccountAndPlan({ accountId })
    const { balance } = await tenantry.creditBalance({ accountId })
    seen.push([clock().toISOString(), decision.ok ? decision.plan.slug : decision.code, balance])
    if (balance > 10) await tenantry.spendCredits({ accountId, amount: 3, idempotencyKey: clock().toISOString(), operation: 'o' })
  }
  return seen
}

// This file is also the program of such a process.
if (process.argv[1]?.endsWith('life-in-a-zone.ts')) {
  const orders = JSON.parse(process.argv[2] ?? '') as ZoneOrders
  process.stdout.write(JSON.stringify(await report(orders)))
}
