import type { Transaction } from 'kysely'
import type { Store, StoreTransaction } from 'tenantry'
import { kyselyStore, type TenantryTables } from 'tenantry/kysely'
import { samples } from 'tenantry/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { emptyTables, openDatabase, run, type TestDatabase } from '../support/kysely.js'
import { addAccountWith, balanceOf } from '../support/store.js'

const serverUrl = inject('postgresUrl')
const levels = ['read committed', 'repeatable read', 'serializable'] as const

describe.skipIf(serverUrl === null).each(levels)("in the host's transaction at %s", (level) => {
  let database: TestDatabase
  let store: Store
  beforeAll(async () => {
    database = await openDatabase(serverUrl ?? '')
    await run(database.db, 'create table host_order (id text primary key)')
  })
  beforeEach(async () => {
    store = kyselyStore(database.db)
    await addAccountWith(store, 100)
    database.clearLog()
  })
  afterEach(async () => {
    await run(database.db, 'truncate host_order')
    await emptyTables(database.db)
  })
  afterAll(() => database.close())

  type Host = Transaction<TenantryTables>
  const inHost = <Result>(work: (trx: Host) => Promise<Result>): Promise<Result> =>
    database.db.transaction().setIsolationLevel(level).execute(work)
  const addOrder = (trx: Host, id: string) => run(trx, 'insert into host_order values ($1)', id)
  const orders = async () => (await run<{ id: string }>(database.db, 'select id from host_order order by id')).map(({ id }) => id)
  const refuse = async (tx: StoreTransaction): Promise<never> => {
    await tx.addUser(samples.newUser({ id: 'refused', email: 'refused@example.com' }))
    await tx.spendCredits(samples.spend({ id: 'refused', idempotencyKey: 'refused' }))
    throw new Error('refused')
  }

  it('what tenantry did is there when the host commits', async () => {
    await inHost(async (trx) => {
      await addOrder(trx, 'one')
      expect(await kyselyStore(trx).spendCredits(samples.spend())).toMatchObject({ outcome: 'spent' })
      await kyselyStore(trx).transaction((tx) => tx.addUser(samples.newUser({ id: 'new', email: 'new@example.com' })))
    })
    expect(await orders()).toEqual(['one'])
    expect(await balanceOf(store)).toBe(90)
    expect(await store.findUser('new')).not.toBeNull()
  })

  it('nothing of tenantry remains when the host throws afterwards', async () => {
    const host = inHost(async (trx) => {
      await kyselyStore(trx).spendCredits(samples.spend())
      await kyselyStore(trx).transaction((tx) => tx.addUser(samples.newUser({ id: 'new', email: 'new@example.com' })))
      throw new Error('the host changed its mind')
    })
    await expect(host).rejects.toThrow('the host changed its mind')
    expect(await balanceOf(store)).toBe(100)
    expect(await store.findUser('new')).toBeNull()
  })

  it('a refusal that the host catches leaves the rows of the host and nothing of ours', async () => {
    await inHost(async (trx) => {
      await addOrder(trx, 'before')
      await expect(kyselyStore(trx).transaction(refuse)).rejects.toThrow('refused')
      await addOrder(trx, 'after')
      expect(await kyselyStore(trx).spendCredits(samples.spend({ amount: 1 }))).toMatchObject({ outcome: 'spent' })
    })
    expect(await orders()).toEqual(['after', 'before'])
    expect(await store.findUser('refused')).toBeNull()
    expect(await balanceOf(store)).toBe(99)
  })

  it('a statement that fails leaves the transaction usable, alone and among others', async () => {
    const orphan = samples.membership({ accountId: 'nowhere', userId: 'account-1:owner' })
    await inHost(async (trx) => {
      const joined = kyselyStore(trx)
      await expect(joined.addMembership(orphan)).rejects.toMatchObject({
        code: 'store_unavailable',
        details: { operation: 'addMembership' },
      })
      const failing = joined.transaction(async (tx) => {
        await tx.addUser(samples.newUser({ id: 'refused', email: 'refused@example.com' }))
        await tx.addMembership(orphan)
      })
      await expect(failing).rejects.toMatchObject({ code: 'store_unavailable' })
      await addOrder(trx, 'after')
    })
    expect(await orders()).toEqual(['after'])
    expect(await store.findUser('refused')).toBeNull()
  })

  it('a failed statement that the work swallows undoes the work all the same', async () => {
    await inHost(async (trx) => {
      const swallowing = kyselyStore(trx).transaction(async (tx) => {
        await tx.addUser(samples.newUser({ id: 'refused', email: 'refused@example.com' }))
        await tx.addMembership(samples.membership({ accountId: 'nowhere', userId: 'refused' })).catch(() => undefined)
      })
      await expect(swallowing).rejects.toMatchObject({ code: 'store_unavailable' })
      await addOrder(trx, 'after')
    })
    expect(await orders()).toEqual(['after'])
    expect(await store.findUser('refused')).toBeNull()
  })

  it('operations that are started at once do not cut into each other', async () => {
    await inHost(async (trx) => {
      const spends = Array.from({ length: 12 }, (_, index) =>
        // Each `withSchema` is an object of its own, on one and the same connection.
        kyselyStore(trx.withSchema('public')).spendCredits(samples.spend({ id: `spend-${index}`, idempotencyKey: `key-${index % 4}` })),
      )
      const refusals = Array.from({ length: 4 }, () =>
        kyselyStore(trx.withSchema('public'))
          .transaction(refuse)
          .catch((error: Error) => error.message),
      )
      const [outcomes, messages] = await Promise.all([Promise.all(spends), Promise.all(refusals)])
      expect(outcomes.filter((spend) => spend?.outcome === 'spent')).toHaveLength(4)
      expect(messages).toEqual(['refused', 'refused', 'refused', 'refused'])
    })
    expect(await balanceOf(store)).toBe(60)
  })

  it('tenantry begins, commits and rolls back nothing', async () => {
    await inHost(async (trx) => {
      await kyselyStore(trx).spendCredits(samples.spend())
      await kyselyStore(trx).snapshot((books) => books.readBook('account-1'))
      await kyselyStore(trx)
        .transaction(refuse)
        .catch(() => undefined)
    })
    const control = database.log.filter((sql) => /^(start|begin|commit|rollback(?! to savepoint))/.test(sql))
    expect(control).toEqual([`start transaction isolation level ${level}`, 'commit'])
  })

  it('another writer of the same account is waited for, or a conflict that leaves the transaction usable', async () => {
    await inHost(async (trx) => {
      await trx.selectFrom('tenantry_plan').select('id').execute()
      await store.spendCredits(samples.spend({ id: 'other', idempotencyKey: 'other' }))
      const spend = kyselyStore(trx).spendCredits(samples.spend())
      if (level === 'read committed') expect(await spend).toMatchObject({ outcome: 'spent', entry: { balanceAfter: 80 } })
      else await expect(spend).rejects.toMatchObject({ code: 'conflict', details: { operation: 'spendCredits' } })
      await addOrder(trx, 'after')
    })
    expect(await orders()).toEqual(['after'])
    expect(await balanceOf(store)).toBe(level === 'read committed' ? 80 : 90)
  })
})
