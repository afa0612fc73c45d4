import { Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import { type KyselyStoreOptions, kyselyStore, migrate, type TenantryTables } from 'tenantry/kysely'
import { samples, storeContract } from 'tenantry/testing'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { addAccount } from '../../src/testing/store-contract/world.js'
import { cuttingProxy } from '../support/cutting-proxy.js'
import { type Database, emptyTables } from '../support/kysely.js'
import { createPool, freshDatabase } from '../support/postgres.js'

const serverUrl = inject('postgresUrl')

/** A database of its own, and the pool under its Kysely. */
async function openPool(max = 10) {
  const { url, drop } = await freshDatabase(serverUrl ?? '')
  const pool = createPool(url, max)
  const db: Database = new Kysely<TenantryTables>({ dialect: new PostgresDialect({ pool }) })
  await migrate(db)
  return { url, pool, db, close: () => db.destroy().then(drop) }
}

type Opened = Awaited<ReturnType<typeof openPool>>

/** How a store may be made, and which part of the contract shows that it does not matter. */
const ways: [string, RegExp, (pool: pg.Pool) => KyselyStoreOptions][] = [
  ['with the pool and named statements', /./, (pool) => ({ pool })],
  ['with the pool and unnamed statements', /^(access|credits|replays):/, (pool) => ({ pool, preparedNames: false })],
  ['without coalescing', /^(credits|replays):/, () => ({ coalesce: false })],
]

describe.skipIf(serverUrl === null).each(ways)('the store %s keeps its promises', (_, part, optionsFor) => {
  let opened: Opened
  beforeAll(async () => {
    opened = await openPool()
  })
  afterAll(() => opened.close())
  afterEach(() => emptyTables(opened.db))

  const cases = storeContract(() => kyselyStore(opened.db, optionsFor(opened.pool))).filter(({ name }) => part.test(name))
  for (const { name, run } of cases) it(name, run)
})

describe.skipIf(serverUrl === null)('the pool of the host', () => {
  let opened: Opened
  beforeAll(async () => {
    opened = await openPool(1)
    await addAccount(kyselyStore(opened.db), { grants: [samples.grant()] })
  })
  afterAll(() => opened.close())

  const preparedNames = async (): Promise<string[]> => {
    const { rows } = await opened.pool.query<{ name: string }>('select name from pg_prepared_statements order by name')
    return rows.map(({ name }) => name)
  }

  it('prepares each hot statement once, under a name of its own', async () => {
    const pool = createPool(opened.url, 1)
    const store = kyselyStore(opened.db, { pool })
    for (const id of ['spend-a', 'spend-b', 'spend-c']) await store.spendCredits(samples.spend({ id, amount: 1 }))
    await store.findAccountState('account-1')
    await store.findAccountAccess('account-1')
    const { rows } = await pool.query<{ name: string; calls: number }>(
      'select name, (generic_plans + custom_plans)::int as calls from pg_prepared_statements',
    )
    await pool.end()
    expect(rows.map(({ calls }) => calls).sort()).toEqual([1, 1, 3])
    for (const { name } of rows) expect(name).toMatch(/^tenantry_[0-9a-f]{32}$/)
  })

  it('prepares nothing where names are turned off, and nothing without a pool', async () => {
    for (const options of [{ pool: opened.pool, preparedNames: false }, {}]) {
      const store = kyselyStore(opened.db, options)
      await store.findAccountState('account-1')
      await Promise.all(['d', 'e'].map((id) => store.spendCredits(samples.spend({ id: `spend-${id}`, amount: 1 }))))
    }
    expect(await preparedNames()).toEqual([])
  })

  it('is left alone inside a transaction', async () => {
    const never: pg.Pool = createPool('postgres://nobody@127.0.0.1:1/nowhere', 1)
    await opened.db.transaction().execute(async (trx) => {
      expect(await kyselyStore(trx, { pool: never }).findAccountState('account-1')).not.toBeNull()
    })
    await kyselyStore(opened.db, { pool: never }).transaction(async (tx) => {
      expect(await tx.findAccountState('account-1')).not.toBeNull()
    })
    expect(never.totalCount).toBe(0)
  })

  it('that cannot connect has done nothing', async () => {
    const store = kyselyStore(opened.db, { pool: createPool('postgres://nobody@127.0.0.1:1/nowhere', 1) })
    const spends = ['f', 'g'].map((id) => store.spendCredits(samples.spend({ id: `spend-${id}` })))
    for (const spend of spends) await expect(spend).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  it('keeps a connection whose statement was refused, and closes one that was lost', async () => {
    const proxy = await cuttingProxy(opened.url)
    const pool = createPool(proxy.url, 1)
    const store = kyselyStore(opened.db, { pool, coalesce: false })
    const backend = async (): Promise<number> => (await pool.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid ?? 0
    const first = await backend()
    await expect(store.spendCredits(samples.spend({ id: 'spend-h', metadata: { text: '\0' } }))).rejects.toMatchObject({
      code: 'store_unavailable',
    })
    expect(await backend()).toBe(first)
    proxy.cutAt({ text: 'spend-i', when: 'before' })
    await expect(store.spendCredits(samples.spend({ id: 'spend-i' }))).rejects.toMatchObject({ code: 'outcome_unknown' })
    expect(await backend()).not.toBe(first)
    await pool.end()
    await proxy.close()
  })
})
