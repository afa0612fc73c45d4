import { Kysely, PostgresDialect } from 'kysely'
import { newDb } from 'pg-mem'
import type { ThrottleRequest } from 'tenantry'
import { type KyselyThrottleOptions, kyselyThrottleStore, migrate, type TenantryTables } from 'tenantry/kysely'
import { memoryThrottleStore } from 'tenantry/memory'
import { pgMemDialect, throttleStoreContract } from 'tenantry/testing'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { dice } from '../support/dice.js'
import { emptyTables, openDatabase, run, type TestDatabase } from '../support/kysely.js'
import { createPool } from '../support/postgres.js'
import { answersInCrowds, answersInTurn, type RecordedCall, recordedCalls } from '../support/throttle-transcript.js'

const serverUrl = inject('postgresUrl')
const now = Date.parse('2026-03-01T12:00:00.123Z')
const budget = (key: string, limit = 10): ThrottleRequest => ({ key, limit, windowSeconds: 60 })

/** How the throttle may be made, and which part of the contract shows that it does not matter. */
const ways: [string, RegExp, boolean, KyselyThrottleOptions][] = [
  ['with the pool and named statements', /./, true, {}],
  ['with the pool and unnamed statements', /^(admission|several)/, true, { preparedNames: false }],
  ['without the pool and without coalescing', /^(admission|several)/, false, { coalesce: false }],
]

describe.skipIf(serverUrl === null)('the throttle on a server', () => {
  let database: TestDatabase
  let pool: ReturnType<typeof createPool>
  beforeAll(async () => {
    database = await openDatabase(serverUrl ?? '')
    pool = createPool(database.url, 10)
  })
  afterEach(() => emptyTables(database.db))
  afterAll(async () => {
    await pool.end()
    await database.close()
  })

  describe.each(ways)('%s keeps its promises', (_, part, givesPool, options) => {
    const cases = throttleStoreContract(() => kyselyThrottleStore(database.db, { ...options, ...(givesPool && { pool }) }))
    for (const { name, run } of cases.filter((each) => part.test(each.name))) it(name, run)
  })

  it('answers as the throttle in memory does, call by call', async () => {
    const calls = recordedCalls(5, 800)
    expect(await answersInTurn(kyselyThrottleStore(database.db, { pool }), calls)).toEqual(
      await answersInTurn(memoryThrottleStore(), calls),
    )
  })

  it.each([6, 7, 8])('answers as the throttle in memory does, also to crowds (seed %i)', async (seed) => {
    const calls = recordedCalls(seed, 1500)
    const answers = await answersInCrowds(kyselyThrottleStore(database.db, { pool }), calls, 40)
    expect(answers).toEqual(await answersInTurn(memoryThrottleStore(), calls))
  })

  it.each([
    ['of one rule', 1, 1],
    ['of several rules', 3, 2],
  ])('takes from a crowd of budgets %s with one write for each, and answers as the throttle in memory does', async (_, rules, costs) => {
    const { upTo, pick } = dice(9)
    let ms = now
    const crowds = Array.from({ length: 60 }, () => {
      ms += pick([0, 1, 340, 8571, 20_000, -1, -300, -2000, 3_600_000, -3_600_000]) ?? 0
      const callers = Array.from({ length: 40 }, (_, caller) => caller).filter(() => upTo(3) > 0)
      return callers.map((caller): RecordedCall => {
        const rule = [
          { limit: 7, windowSeconds: 60, burst: 3 },
          { limit: 999, windowSeconds: 1 },
          { limit: 5, windowSeconds: 9 },
        ][caller % rules]
        return {
          requests: [{ key: `api:${caller}`, limit: 1, windowSeconds: 1, ...rule }],
          cost: 1 + upTo(costs),
          nowMs: ms + upTo(3),
        }
      })
    })
    const store = kyselyThrottleStore(database.db)
    const inMemory = memoryThrottleStore()
    database.clearLog()
    for (const crowd of crowds) expect(await answersInCrowds(store, crowd, 40)).toEqual(await answersInTurn(inMemory, crowd))
    expect(database.log.filter((sql) => sql.includes('tenantry_throttle_take'))).toEqual([])
  })

  it('takes several budgets in one statement, and a crowd of calls that wait at the same moment in two', async () => {
    const store = kyselyThrottleStore(database.db)
    await store.take([budget('api:ada')], 1, now)
    database.clearLog()
    await store.take([budget('api:ada'), budget('day:ada')], 1, now)
    expect(database.log).toHaveLength(1)
    database.clearLog()
    const crowd = Array.from({ length: 400 }, (_, caller) => store.take([budget(`api:${caller % 150}`, 2)], 1, now))
    expect((await Promise.all(crowd)).filter(({ allowed }) => allowed)).toHaveLength(300)
    expect(database.log).toHaveLength(2)
  })

  it.each([1_000_000, -1_000_000, Number.MAX_SAFE_INTEGER])('bears a cost of %i in the longest window', async (cost) => {
    const year = { key: 'year:ada', limit: 1, windowSeconds: 31_622_400 }
    const calls = [1, cost, 1].map((each) => ({ requests: [year, budget('api:ada')], cost: each, nowMs: now }))
    expect(await answersInTurn(kyselyThrottleStore(database.db), calls)).toEqual(await answersInTurn(memoryThrottleStore(), calls))
  })

  it('prepares its statement once, and not where names are turned off', async () => {
    const single = createPool(database.url, 1)
    const prepared = async () =>
      (await single.query('select (generic_plans + custom_plans)::int as calls from pg_prepared_statements')).rows
    try {
      await kyselyThrottleStore(database.db, { pool: single, preparedNames: false }).take([budget('api:ada')], 1, now)
      expect(await prepared()).toEqual([])
      const store = kyselyThrottleStore(database.db, { pool: single })
      for (let call = 0; call < 3; call++) await store.take([budget('api:ada')], 1, now)
      expect(await prepared()).toEqual([{ calls: 3 }])
    } finally {
      await single.end()
    }
  })

  it('keeps to the schema of its Kysely', async () => {
    await run(database.db, 'create schema theirs')
    const theirs = database.db.withSchema('theirs')
    await migrate(theirs)
    await kyselyThrottleStore(theirs, { pool }).take([budget('api:ada')], 10, now)
    expect((await kyselyThrottleStore(database.db, { pool }).take([budget('api:ada')], 10, now)).allowed).toBe(true)
    expect((await kyselyThrottleStore(theirs).take([budget('api:ada')], 1, now)).allowed).toBe(false)
  })
})

describe('a throttle on Postgres is not made', () => {
  const refused = expect.objectContaining({ code: 'invalid_input', details: { issues: [expect.objectContaining({ path: 'db' })] } })

  it('for a transaction', async () => {
    const db = new Kysely<TenantryTables>({ dialect: new PostgresDialect({ pool: createPool('postgres://nobody@127.0.0.1:1/nowhere') }) })
    expect(() => kyselyThrottleStore({ isTransaction: true, withoutPlugins: () => db, withSchema: () => db })).toThrow(refused)
  })

  it('for pg-mem', () => {
    expect(() => kyselyThrottleStore(new Kysely({ dialect: pgMemDialect(newDb()) }))).toThrow(refused)
  })
})
