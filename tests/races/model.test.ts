import { Kysely, PostgresDialect } from 'kysely'
import { kyselyStore, migrate } from 'tenantry/kysely'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Library, openLibrary } from '../model/library.js'
import { type ModelReport, runModel, scaled } from '../model/run-model.js'
import { createPool, type FreshDatabase, freshDatabase } from '../support/postgres.js'

const serverUrl = inject('postgresUrl')

/** So many are run side by side, each with a clock and customers of its own. */
const lanes = 4
/** Some 10,000 operations in all. */
const standard = scaled({ runs: 64, commands: 100 })

describe.skipIf(serverUrl === null)('the credit engine on a real server', () => {
  let database: FreshDatabase
  let db: Kysely<unknown>

  beforeAll(async () => {
    database = await freshDatabase(serverUrl ?? '')
    // What is asked here is what the statements do, not whether the disk keeps it.
    const pool = createPool(`${database.url}?options=-c%20synchronous_commit%3Doff`, lanes)
    db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
    await migrate(db)
  })
  afterAll(async () => {
    await db.destroy()
    await database.drop()
  })

  it('does what the reference model does', { timeout: 4_000 * standard.runs + 60_000 }, async () => {
    // One store, so that spends of different lanes travel together.
    const store = kyselyStore(db)
    const libraries: Library[] = []
    for (let lane = 0; lane < lanes; lane++) libraries.push(await openLibrary(store, `lane${lane}-`))
    const reports: ModelReport[] = await Promise.all(
      libraries.map((library, lane) => runModel(async () => library, { ...standard, seed: standard.seed + lane })),
    )

    expect(reports.reduce((sum, { operations }) => sum + operations, 0)).toBeGreaterThan(lanes * 40 * standard.runs)
    const missing = reports.map(({ tally }) => tally.missing())
    expect(missing[0]?.filter((event) => missing.every((events) => events.includes(event)))).toEqual([])
  })
})
