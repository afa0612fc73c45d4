import type { ThrottleStore } from 'tenantry'
import { kyselyThrottleStore } from 'tenantry/kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { emptyTables, openDatabase, run, type TestDatabase } from '../support/kysely.js'

const serverUrl = inject('postgresUrl')
const minuteMs = 60_000
const lockOfTheSweep = `hashtextextended('tenantry_throttle ' || 'tenantry_throttle'::regclass::oid, 0)`

describe.skipIf(serverUrl === null)('budgets that are whole', () => {
  let database: TestDatabase
  let store: ThrottleStore
  /** Three minutes ago by the clock of the computer, since the database goes by it too. */
  let start: number
  beforeAll(async () => {
    // On a single connection what comes first is done first: the sweep before the call that brought it about.
    database = await openDatabase(serverUrl ?? '', { max: 1 })
  })
  beforeEach(async () => {
    store = kyselyThrottleStore(database.db)
    start = Date.now() - 3 * minuteMs
    await take('brief', 1, start)
    await take('long', 3600, start)
    database.clearLog()
  })
  afterEach(() => emptyTables(database.db))
  afterAll(() => database.close())

  const take = (key: string, windowSeconds: number, at: number) => store.take([{ key: `api:${key}`, limit: 5, windowSeconds }], 1, at)
  const sweeps = (): number => database.log.filter((sql) => sql.includes('skip locked')).length
  const keys = async (): Promise<string[]> =>
    (await run<{ key: string }>(database.db, 'select key from tenantry_throttle order by key limit 20')).map(({ key }) => key)

  it('are forgotten after a minute, the others are not', async () => {
    await take('whole for 40 seconds', 300, start + 20_000)
    await take('other', 1, start + 2 * minuteMs)
    expect(await keys()).toEqual(['api:long', 'api:other', 'api:whole for 40 seconds'])
  })

  it('are looked for once a minute', async () => {
    for (const ms of [0, 59_000, 60_000, 61_000, 119_000, 120_000]) await take('other', 1, start + ms)
    expect(sweeps()).toBe(2)
    expect(database.log).toHaveLength(6 + 2)
  })

  it('are looked for again a minute after the clock has stepped back', async () => {
    for (const ms of [120_000, 0, 59_000, 60_000]) await take('other', 1, start + ms)
    expect(sweeps()).toBe(2)
  })

  it.each([-1, 1])('are left where the clock of the caller is off by an hour (%i)', async (sign) => {
    store = kyselyThrottleStore(database.db)
    await take('other', 1, start)
    await take('other', 1, start + sign * 60 * minuteMs)
    await take('other', 1, start + sign * 60 * minuteMs + minuteMs)
    expect(sweeps()).toBeGreaterThan(0)
    expect(await keys()).toEqual(['api:brief', 'api:long', 'api:other'])
  })

  it('are whole by the clock of the database too', async () => {
    await take('ahead', 60, start + 3 * minuteMs)
    await take('other', 1, start + 20 * minuteMs)
    expect(sweeps()).toBe(2)
    expect(await keys()).toEqual(['api:ahead', 'api:long', 'api:other'])
  })

  it('are left to whom they belong while they are in use, and nobody waits', async () => {
    const host = database.connect({ max: 1 })
    await host.transaction().execute(async (trx) => {
      await trx.selectFrom('tenantry_throttle').select('key').where('key', '=', 'api:brief').forUpdate().execute()
      await take('other', 1, start + 2 * minuteMs)
      expect(await keys()).toEqual(['api:brief', 'api:long', 'api:other'])
    })
    await take('other', 1, start + 3 * minuteMs)
    expect(await keys()).toEqual(['api:long', 'api:other'])
  })

  it('are looked for by one process at a time', async () => {
    const another = database.connect({ max: 1 })
    await another.transaction().execute(async (trx) => {
      await run(trx, `select pg_advisory_xact_lock(${lockOfTheSweep})`)
      await take('other', 1, start + 2 * minuteMs)
      expect(sweeps()).toBe(1)
    })
    expect(await keys()).toEqual(['api:brief', 'api:long', 'api:other'])
  })

  it('are forgotten on all pages of a large table', async () => {
    await run(database.db, `insert into tenantry_throttle select 'api:' || n, nullif(n % 2, 0) from generate_series(1, 6000) n`)
    await take('other', 1, start + 2 * minuteMs)
    const pages = await run<{ pages: number }>(database.db, `select (pg_relation_size('tenantry_throttle') / 8192)::int as pages`)
    for (let asked = 0; (await keys()).length > 2; asked++) expect(asked).toBeLessThan(500)
    expect(sweeps()).toBe(Math.ceil((pages[0]?.pages ?? 0) / 32))
    expect(sweeps()).toBeGreaterThan(2)
    expect(await keys()).toEqual(['api:long', 'api:other'])
  })

  it('do no harm when they cannot be forgotten', async () => {
    await run(database.db, `create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$`)
    await run(database.db, 'create trigger refuse before delete on tenantry_throttle for each row execute function refuse()')
    try {
      expect((await take('other', 1, start + minuteMs)).allowed).toBe(true)
      expect((await take('other', 1, start + 2 * minuteMs)).allowed).toBe(true)
    } finally {
      await run(database.db, 'drop function refuse() cascade')
    }
    await take('other', 1, start + 3 * minuteMs)
    expect(await keys()).toEqual(['api:long', 'api:other'])
  })
})
