import { Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import { type Actor, createTenantry, definePlans, freeTrialPlan, isTenantryError } from 'tenantry'
import { kyselyStore, migrate } from 'tenantry/kysely'
import { manualClock, plainHasher } from 'tenantry/testing'
import { createPool, freshDatabase } from '../support/postgres.js'

export const admin: Actor = { type: 'admin', id: 'admin-of-the-platform' }

export const plans = definePlans({
  'free-trial': freeTrialPlan,
  starter: {
    name: 'Starter',
    prices: [{ amountMinor: 2999, currency: 'USD' }],
    billingCycle: 'monthly',
    includedCredits: 5000,
    limits: { maxSites: 10 },
  },
})

/** A migrated database of its own on the real server, and tenantry on a pool of `connections`. */
export async function openWorld(serverUrl: string, connections = 20) {
  const database = await freshDatabase(serverUrl)
  const pool: pg.Pool = createPool(database.url, connections)
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  await migrate(db)
  const clock = manualClock('2026-01-31T10:00:00.123Z')
  const tenantry = createTenantry({ store: kyselyStore(db), plans, clock, passwords: plainHasher() })
  await tenantry.syncPlans()
  const query = async <Row>(text: string, values: unknown[] = []): Promise<Row[]> => (await pool.query(text, values)).rows
  return {
    tenantry,
    clock,
    db,
    query,
    url: database.url,
    async close() {
      await db.destroy()
      await database.drop()
    },
  }
}

export type World = Awaited<ReturnType<typeof openWorld>>

/** Signs a customer up; without the trial's credits, so that a test starts from a round number. */
export async function openAccount({ tenantry }: Pick<World, 'tenantry'>, credits: number): Promise<string> {
  const { account } = await tenantry.registerTrial({ email: `customer-${Math.random()}@example.com` })
  await tenantry.adjustCredits({ accountId: account.id, amount: credits - 2000, idempotencyKey: 'start', reason: 'test' }, admin)
  return account.id
}

/** Runs all at once; answers the results, and the codes of the refusals. Any other error fails the test. */
export async function allAtOnce<Result>(calls: readonly (() => Promise<Result>)[]): Promise<{ results: Result[]; codes: string[] }> {
  const results: Result[] = []
  const codes: string[] = []
  await Promise.all(
    calls.map(async (call) => {
      try {
        results.push(await call())
      } catch (error) {
        if (!isTenantryError(error)) throw error
        codes.push(error.code)
      }
    }),
  )
  return { results, codes }
}

export const times = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index))
