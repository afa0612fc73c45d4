import type { Store } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { samples } from 'tenantry/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { CuttingProxy } from '../support/cutting-proxy.js'
import { emptyTables, type FragileDatabase, openFragileDatabase, run, type TestDatabase } from '../support/kysely.js'
import { addAccountWith, balanceOf } from '../support/store.js'

const serverUrl = inject('postgresUrl')

describe.skipIf(serverUrl === null)('a connection that is lost', () => {
  let database: FragileDatabase
  let proxy: CuttingProxy
  /** Not through the proxy. */
  let store: Store
  let fragile: Store
  beforeAll(async () => {
    database = await openFragileDatabase(serverUrl ?? '')
    proxy = database.proxy
    store = kyselyStore(database.db)
    fragile = kyselyStore(database.connect({ url: proxy.url, max: 2 }))
  })
  beforeEach(() => addAccountWith(store, 100))
  afterEach(() => emptyTables(database.db))
  afterAll(() => database.close())

  const spend = samples.spend()
  const lost = (code: string, operation: string) => ({ code, details: { operation } })

  it('at COMMIT, before the server got it, leaves the outcome unknown and nothing done', async () => {
    proxy.cutAt({ text: 'commit\0', when: 'before' })
    await expect(fragile.transaction((tx) => tx.spendCredits(spend))).rejects.toMatchObject(lost('outcome_unknown', 'transaction'))
    expect(await fragile.spendCredits(spend)).toMatchObject({ outcome: 'spent' })
  })

  it('at COMMIT, after the server got it, leaves the outcome unknown and all done', async () => {
    proxy.cutAt({ text: 'commit\0', when: 'after' })
    await expect(fragile.transaction((tx) => tx.spendCredits(spend))).rejects.toMatchObject(lost('outcome_unknown', 'transaction'))
    expect(await repeated(fragile)).toMatchObject({ outcome: 'replayed' })
    expect(await balanceOf(store)).toBe(90)
  })

  it('under a single change leaves the outcome unknown', async () => {
    proxy.cutAt({ text: 'with prior as', when: 'after' })
    await expect(fragile.spendCredits(spend)).rejects.toMatchObject(lost('outcome_unknown', 'spendCredits'))
    expect(await repeated(fragile)).toMatchObject({ outcome: 'replayed' })
    expect(await balanceOf(store)).toBe(90)
  })

  it('under a question leaves nothing unknown', async () => {
    proxy.cutAt({ text: 'tenantry_account', when: 'before' })
    await expect(fragile.findAccountState('account-1')).rejects.toMatchObject(lost('store_unavailable', 'findAccountState'))
    expect(await balanceOf(fragile)).toBe(100)
  })

  it('within a transaction undoes it', async () => {
    proxy.cutAt({ text: 'with prior as', when: 'after' })
    await expect(fragile.transaction((tx) => tx.spendCredits(spend))).rejects.toMatchObject(lost('store_unavailable', 'spendCredits'))
    expect(await balanceOf(store)).toBe(100)
  })

  it('within a transaction undoes it, and what the work throws is what is thrown', async () => {
    const work = fragile.transaction(async (tx) => {
      await tx.spendCredits(spend)
      proxy.cutAt({ text: 'rollback', when: 'before' })
      throw new Error('of the service')
    })
    await expect(work).rejects.toThrow('of the service')
    expect(await balanceOf(store)).toBe(100)
  })

  it('because the server ended it within a transaction undoes it', async () => {
    const work = fragile.transaction(async (tx) => {
      await tx.spendCredits(spend)
      await endOthers(database)
      await tx.addUser(samples.newUser())
    })
    await expect(work).rejects.toMatchObject(lost('store_unavailable', 'addUser'))
    expect(await balanceOf(store)).toBe(100)
  })

  it('at BEGIN has done nothing', async () => {
    proxy.cutAt({ text: 'start transaction', when: 'after' })
    await expect(fragile.transaction((tx) => tx.spendCredits(spend))).rejects.toMatchObject(lost('store_unavailable', 'transaction'))
    expect(await balanceOf(fragile)).toBe(100)
  })

  it('before it was made has done nothing', async () => {
    const nowhere = new URL(database.url)
    nowhere.port = '1'
    const unreachable = kyselyStore(database.connect({ url: nowhere.href }))
    await expect(unreachable.spendCredits(spend)).rejects.toMatchObject(lost('store_unavailable', 'spendCredits'))
    await expect(unreachable.transaction((tx) => tx.spendCredits(spend))).rejects.toMatchObject(lost('store_unavailable', 'transaction'))
  })

  const repeated = (through: Store) => through.spendCredits({ ...spend, id: 'repeated' })
})

/** The server ends every connection to this database but the one that asks for it. */
const endOthers = ({ db }: TestDatabase) =>
  run(db, 'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()')
