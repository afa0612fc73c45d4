import { Kysely, PostgresDialect } from 'kysely'
import { isTenantryError } from 'tenantry'
import { kyselyStore, migrate } from 'tenantry/kysely'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { createPool } from '../support/postgres.js'
import { faultsOf, openAccounts, openTenantry, perform, runSteps, stepsFor } from './load.js'
import { startServer, type ThrowAwayServer } from './server.js'

const programs = inject('postgresPrograms')
const kills = Math.max(5, Number(process.env['TENANTRY_CRASH_RUNS'] ?? 5))
const count = 90

describe.skipIf(programs === null)('a Postgres that is killed under load', () => {
  let server: ThrowAwayServer | null = null
  afterEach(async () => {
    await server?.close()
    server = null
  })

  it('has lost nothing that was acknowledged, and done nothing twice', { timeout: 40_000 * kills }, async () => {
    server = await startServer(programs ?? '')
    const { tenantry, end } = await openLoad(server.url)
    let interrupted = 0
    for (let round = 0; round < kills; round++) {
      const accountIds = await openAccounts(tenantry, 3, `round-${round}`)
      const steps = stepsFor(accountIds, count)
      const acknowledged = new Map<number, readonly string[]>()
      const killAt = 5 + ((round * 17) % 60)
      let restart: Promise<void> | null = null
      await runSteps(steps, 8, async (step) => {
        for (;;) {
          try {
            acknowledged.set(step.number, await perform(tenantry, step))
            if (acknowledged.size === killAt) restart = server?.killAndRestart() ?? null
            return
          } catch (error) {
            if (!isTenantryError(error, 'outcome_unknown') && !isTenantryError(error, 'store_unavailable')) throw error
            interrupted += 1
            await restart
          }
        }
      })
      expect(acknowledged.size).toBe(count)
      expect(await faultsOf(tenantry, steps, acknowledged)).toEqual([])
    }
    expect(interrupted).toBeGreaterThanOrEqual(kills)
    await end()
  })

  it('would be found out if it lost what was acknowledged', async () => {
    server = await startServer(programs ?? '', { isDurable: false })
    const { tenantry, end, flush } = await openLoad(server.url)
    // What is on a full page of its log survives also such a server: one kill in several falls where the last page has just been filled.
    let faults: readonly unknown[] = []
    for (let round = 0; round < 8 && faults.length === 0; round++) {
      const accountIds = await openAccounts(tenantry, 3, `round-${round}`)
      await flush()
      const steps = stepsFor(accountIds, count)
      const acknowledged = new Map<number, readonly string[]>()
      await runSteps(steps, 8, async (step) => void acknowledged.set(step.number, await perform(tenantry, step)))
      await server.killAndRestart()
      faults = await faultsOf(tenantry, steps, acknowledged)
    }
    expect(faults).not.toEqual([])
    await end()
  })
})

/** Tenantry's tables on a server, and tenantry on them. */
async function openLoad(url: string) {
  const pool = createPool(url, 6)
  pool.on('connect', (client) => client.on('error', () => {})) // a lost connection fails the statement that waits for it
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  await migrate(db)
  const flush = () => pool.query('checkpoint')
  return { tenantry: openTenantry(kyselyStore(db, { pool })), flush, end: () => pool.end() }
}
