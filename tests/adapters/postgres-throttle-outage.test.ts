import { randomBytes } from 'node:crypto'
import type { ThrottleRequest, ThrottleStore } from 'tenantry'
import { kyselyThrottleStore } from 'tenantry/kysely'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { emptyTables, type FragileDatabase, openFragileDatabase, run } from '../support/kysely.js'

const serverUrl = inject('postgresUrl')
const now = Date.parse('2026-03-01T12:00:00.123Z')
const budget = (key: string, limit = 10): ThrottleRequest => ({ key, limit, windowSeconds: 60 })
const outage = (more: object = {}) => ({ code: 'store_unavailable', details: { operation: 'takeThrottle' }, ...more })

describe.skipIf(serverUrl === null)('a throttle whose server does not do its part', () => {
  let database: FragileDatabase
  let store: ThrottleStore
  beforeAll(async () => {
    database = await openFragileDatabase(serverUrl ?? '')
    store = kyselyThrottleStore(database.db)
  })
  afterEach(() => emptyTables(database.db))
  afterAll(() => database.close())

  /** A throttle on connections with these settings. */
  function withSettings(settings: string): ThrottleStore {
    const url = new URL(database.url)
    url.searchParams.set('options', settings)
    return kyselyThrottleStore(database.connect({ url: url.href }))
  }

  /** While somebody else holds the budget of `api:ada`. */
  async function whileHeld(work: () => Promise<void>): Promise<void> {
    await store.take([budget('api:ada')], 1, now)
    await database.db.transaction().execute(async (trx) => {
      await trx.selectFrom('tenantry_throttle').select('key').where('key', '=', 'api:ada').forUpdate().execute()
      await work()
    })
  }

  it.each([
    ['before', 'one budget', ['api:ada']],
    ['after', 'one budget', ['api:ada']],
    ['before', 'two budgets', ['api:ada', 'day:ada']],
    ['after', 'two budgets', ['api:ada', 'day:ada']],
  ] as const)('is out of order when the connection is lost %s the call of %s has reached it', async (when, _, keys) => {
    const fragile = kyselyThrottleStore(database.connect({ url: database.proxy.url, max: 2 }))
    database.proxy.cutAt({ text: 'tenantry_throttle', when })
    const budgets = keys.map((key) => budget(key))
    const calls = [fragile.take(budgets, 1, now), fragile.take([budget('api:bob')], 1, now)]
    for (const call of calls) await expect(call).rejects.toMatchObject(outage())
    expect((await fragile.take([budget('api:ada')], 1, now)).allowed).toBe(true)
  })

  it.each([
    ['statement_timeout', '57014'],
    ['lock_timeout', '55P03'],
  ])('is out of order at the %s, and takes nothing', async (setting, code) => {
    const impatient = withSettings(`-c ${setting}=200`)
    await whileHeld(async () => {
      for (const budgets of [[budget('day:ada'), budget('api:ada')], [budget('api:ada')]]) {
        const take = impatient.take(budgets, 1, now)
        await expect(take).rejects.toMatchObject(outage({ cause: expect.objectContaining({ code }) }))
      }
    })
    const { states } = await store.take([budget('day:ada'), budget('api:ada')], 0, now)
    expect(states.map(({ remaining }) => remaining)).toEqual([10, 9])
  })

  it('is out of order before the migrations, and says so', async () => {
    await run(database.db, 'create schema if not exists empty')
    const take = kyselyThrottleStore(database.db.withSchema('empty')).take([budget('api:ada')], 1, now)
    await expect(take).rejects.toMatchObject(outage({ message: expect.stringContaining('Run the migrations') }))
  })

  it('asks for the rights that its role lacks', async () => {
    const role = `tenantry_test_${randomBytes(6).toString('hex')}`
    await run(database.db, `create role ${role}`)
    try {
      await run(database.db, 'revoke execute on all functions in schema public from public')
      await run(database.db, `grant select, insert, update on tenantry_throttle to ${role}`)
      const guest = withSettings(`-c role=${role}`)
      const take = () => guest.take([budget('api:ada'), budget('day:ada')], 1, now)
      expect((await guest.take([budget('api:ada')], 1, now)).allowed).toBe(true)
      await expect(take()).rejects.toMatchObject(outage({ message: expect.stringContaining('grant it what it lacks') }))
      await run(database.db, `grant execute on function tenantry_throttle_take(text[], bigint[]) to ${role}`)
      expect((await take()).allowed).toBe(true)
    } finally {
      await run(database.db, `drop owned by ${role}`)
      await run(database.db, `drop role ${role}`)
    }
  })

  it('refuses a key that it cannot keep to its own call alone', async () => {
    const keys = ['api:ada', 'api:\0', 'api:bob', 'api:carol']
    const calls = await Promise.allSettled(keys.map(async (key) => store.take([budget(key)], 1, now)))
    expect(calls.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  })

  it('bears keys that it cannot tell apart', async () => {
    const calls = ['api:\ud800', 'api:\ud801', 'api:ada'].map((key) => store.take([budget(key)], 1, now))
    expect((await Promise.all(calls)).map(({ allowed }) => allowed)).toEqual([true, true, true])
  })

  it.each([
    ['one budget', [budget('api:ada')]],
    ['two budgets', [budget('api:ada'), budget('day:ada')]],
  ])('waits for another process also where the default of the database is serializable (%s)', async (_, budgets) => {
    const strict = withSettings('-c default_transaction_isolation=serializable')
    await store.take([budget('api:ada')], 9, now)
    const call = await database.db.transaction().execute(async (trx) => {
      await trx.updateTable('tenantry_throttle').set({ tat: null }).where('key', '=', 'api:ada').execute()
      const asked = Promise.resolve(strict.take(budgets, 2, now))
      asked.catch(() => undefined)
      for (let waiting = 0; waiting === 0; ) {
        const sql = `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
        waiting = (await run<{ waiting: number }>(database.db, sql))[0]?.waiting ?? 0
      }
      return { asked }
    })
    expect(await call.asked).toMatchObject({ allowed: true, states: budgets.map(() => ({ remaining: 8 })) })
  })

  it('has nothing to say of no budget', async () => {
    expect(await store.take([], 1, now)).toEqual({ allowed: true, states: [] })
  })
})
