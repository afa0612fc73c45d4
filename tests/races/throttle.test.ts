import type { ThrottleRequest } from 'tenantry'
import { kyselyThrottleStore } from 'tenantry/kysely'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { dice } from '../support/dice.js'
import { emptyTables, openDatabase, run, type TestDatabase } from '../support/kysely.js'
import { raceOf } from './child.js'
import type { Take, TakeOrders, TakesTold } from './throttler.js'
import { times } from './world.js'

const serverUrl = inject('postgresUrl')
const now = '2026-03-01T12:00:00.123Z'

const { upTo: random } = dice(20_260_102)
const budget = (key: string, limit: number): ThrottleRequest => ({ key, limit, windowSeconds: 3600 })
const shuffled = <Item>(items: readonly Item[]): Item[] =>
  items
    .map((item) => ({ item, place: random(1_000_000) }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)

/** As the sweep does it, without its minute. */
const forgetWhole = `with whole as materialized (select ctid from tenantry_throttle where tat is null for update skip locked)
  delete from tenantry_throttle where ctid = any (array(select ctid from whole)) returning key`

describe.skipIf(serverUrl === null)('two processes on one throttle', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openDatabase(serverUrl ?? '')
  })
  afterEach(() => emptyTables(database.db))
  afterAll(() => database.close())

  const deadlocks = async (): Promise<number> => {
    await run(database.db, 'select pg_stat_force_next_flush()')
    const sql = 'select deadlocks::int as count from pg_stat_database where datname = current_database()'
    return (await run<{ count: number }>(database.db, sql))[0]?.count ?? Number.NaN
  }

  /** Lets each process make its calls, the second one without coalescing if `mixed`. */
  const race = (takes: readonly (readonly Take[])[], mixed: boolean): Promise<TakesTold[]> =>
    raceOf<TakeOrders, TakesTold>(
      './throttler.ts',
      takes.map((own, index) => ({ url: database.url, now, coalesce: !(mixed && index === 1), inFlight: 50, takes: own })),
    )

  it.each([true, false])('admit exactly the limit on one key (one of them without coalescing: %s)', async (mixed) => {
    const takes = times(2, () => times(1500, (): Take => ({ requests: [budget('api:ada', 1000)], cost: 1 })))
    const reports = await race(takes, mixed)
    expect(reports.flatMap(({ errors }) => errors)).toEqual([])
    expect(reports.flatMap(({ allowed }) => allowed).filter(Boolean)).toHaveLength(1000)
  })

  it.each([true, false])(
    'take overlapping budgets in any order, each call from all or from none, and never wait for each other (%s)',
    async (mixed) => {
      const limits = times(400, (index): [string, number] => [`scope-${index}:ada`, 20 + (index % 40)])
      // All the time some budgets are known and others come to be, for both processes.
      const some = (call: number): ThrottleRequest[] =>
        shuffled(limits.slice(call / 5, call / 5 + 12))
          .slice(0, 1 + random(5))
          .map(([key, limit]) => budget(key, limit))
      const takes = times(2, () => times(1940, (call): Take => ({ requests: some(call), cost: 1 + random(2) })))
      const reports = await race(takes, mixed)
      expect(reports.flatMap(({ errors }) => errors)).toEqual([])
      expect(await deadlocks()).toBe(0)

      const taken = new Map(limits.map(([key]) => [key, 0]))
      reports.forEach(({ allowed }, index) => {
        for (const [call, { requests, cost }] of (takes[index] ?? []).entries()) {
          if (allowed[call]) for (const { key } of requests) taken.set(key, (taken.get(key) ?? 0) + cost)
        }
      })
      const store = kyselyThrottleStore(database.db)
      const looks = limits.map(([key, limit]) => store.take([budget(key, limit)], 0, Date.parse(now)))
      expect((await Promise.all(looks)).map(({ states }) => [states[0]?.key, states[0]?.remaining])).toEqual(
        limits.map(([key, limit]) => [key, limit - (taken.get(key) ?? 0)]),
      )
      expect(limits.filter(([key, limit]) => taken.get(key) === limit).length).toBeGreaterThan(5)
    },
  )

  it.each([true, false])(
    'take single budgets beside pairs of them while whole ones are forgotten, and never wait for each other (%s)',
    async (mixed) => {
      const callers = times(160, (index) => ({ name: `ada-${index}`, limit: 30 + (index % 3) }))
      // Each caller of a round once, so that most statements ask for no key twice; all the time some become known, by a look or by a take.
      const round = (first: number, pairs: boolean): Take[] =>
        shuffled(callers.slice(first, first + 60)).map(({ name, limit }) => {
          const day = pairs && random(20) === 0 ? [budget(`day:${name}`, 1000)] : []
          return { requests: [budget(`api:${name}`, limit), ...day], cost: pairs && random(20) === 0 ? 0 : 1 }
        })
      const takes = [false, true].map((pairs) => times(100, (first) => round(first, pairs)).flat())
      let isOver = false
      const forgetting = (async () => {
        let forgotten = 0
        while (!isOver) forgotten += (await run(database.db, forgetWhole)).length
        return forgotten
      })()
      const reports = await race(takes, mixed).finally(() => {
        isOver = true
      })
      expect(reports.flatMap(({ errors }) => errors)).toEqual([])
      expect(await deadlocks()).toBe(0)
      expect(await forgetting).toBeGreaterThan(0)

      const asked = new Map<string, number>()
      const admitted = new Map<string, number>()
      reports.forEach(({ allowed }, index) => {
        for (const [call, { requests, cost }] of (takes[index] ?? []).entries()) {
          const key = requests[0]?.key ?? ''
          asked.set(key, (asked.get(key) ?? 0) + cost)
          if (allowed[call]) admitted.set(key, (admitted.get(key) ?? 0) + cost)
        }
      })
      const expected = callers.map(({ name, limit }) => Math.min(limit, asked.get(`api:${name}`) ?? 0))
      expect(callers.map(({ name }) => admitted.get(`api:${name}`) ?? 0)).toEqual(expected)
    },
  )
})
