import { kyselyThrottleStore } from 'tenantry/kysely'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openDatabase, run, type TestDatabase } from '../support/kysely.js'

const serverUrl = inject('postgresUrl')
const [keys, calls] = [300, 1500]

describe.skipIf(serverUrl === null)('what a throttle takes on a real server', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openDatabase(serverUrl ?? '', { max: 1 })
  })
  afterAll(() => database.close())

  it('changes nothing that an index holds, and is not logged', async () => {
    const { db } = database
    const store = kyselyThrottleStore(db)
    const take = (call: number) =>
      store.take([{ key: `api:${call % keys}`, limit: 100, windowSeconds: 60 }], 1, Date.UTC(2026, 2, 1) + call)
    const updates = async () => {
      await run(db, 'select pg_stat_force_next_flush()')
      const sql = "select n_tup_upd::int as all, n_tup_hot_upd::int as hot from pg_stat_user_tables where relname = 'tenantry_throttle'"
      return (await run<{ all: number; hot: number }>(db, sql))[0] ?? { all: 0, hot: 0 }
    }
    for (let call = 0; call < keys; call++) await take(call)
    const before = await updates()
    for (let call = 0; call < calls; call++) await take(call)
    const after = await updates()
    expect(after.all - before.all).toBeGreaterThanOrEqual(calls)
    // With an index on what a take changes it would be none of them. How many do not fit their page any more depends on how long others, on
    // the whole server, keep old versions from being cleared away.
    expect(after.hot - before.hot).toBeGreaterThan(0.25 * (after.all - before.all))
    expect(await run(db, "select relpersistence from pg_class where relname = 'tenantry_throttle'")).toEqual([{ relpersistence: 'u' }])
  })
})
