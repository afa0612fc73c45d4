import type { Store } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { samples } from 'tenantry/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { emptyTables, openDatabase, run, type TestDatabase } from '../support/kysely.js'
import { addAccountWith, balanceOf } from '../support/store.js'

const serverUrl = inject('postgresUrl')

describe.skipIf(serverUrl === null)('transactions on a server', () => {
  let database: TestDatabase
  let store: Store
  beforeAll(async () => {
    database = await openDatabase(serverUrl ?? '')
  })
  beforeEach(async () => {
    store = kyselyStore(database.db)
    await addAccountWith(store, 100)
    database.clearLog()
  })
  afterEach(() => emptyTables(database.db))
  afterAll(() => database.close())

  const newUser = samples.newUser({ id: 'new', email: 'new@example.com' })
  const orphan = samples.membership({ accountId: 'nowhere', userId: 'new' })

  it('pass on what the work throws, and keep nothing', async () => {
    const thrown = new TypeError('of the service')
    const work = store.transaction(async (tx) => {
      await tx.addUser(newUser)
      throw thrown
    })
    await expect(work).rejects.toBe(thrown)
    expect(await store.findUser('new')).toBeNull()
  })

  it('fail when a statement in them failed, even if the work swallows that', async () => {
    const work = store.transaction(async (tx) => {
      await tx.addUser(newUser)
      await tx.addMembership(orphan).catch(() => undefined)
      return 'all is well'
    })
    await expect(work).rejects.toMatchObject({
      code: 'store_unavailable',
      details: { operation: 'addMembership' },
      cause: { code: '23503' },
    })
    expect(await store.findUser('new')).toBeNull()
  })

  it('are at read committed, whatever the default of the database', async () => {
    await store.transaction((tx) => tx.addUser(newUser))
    expect(database.log[0]).toBe('start transaction isolation level read committed')
    expect(database.log.at(-1)).toBe('commit')
  })

  it('are run again after a deadlock, and both end well', async () => {
    await addAccountWith(store, 100, 'account-2')
    const bothHoldOne = barrier(2)
    const take = async (first: string, second: string): Promise<number> => {
      let runs = 0
      await store.transaction(async (tx) => {
        runs += 1
        await tx.lockAccount(first)
        if (runs === 1) await bothHoldOne()
        await tx.spendCredits(samples.spend({ id: `${first}:${second}`, accountId: second }))
      })
      return runs
    }
    const runs = await Promise.all([take('account-1', 'account-2'), take('account-2', 'account-1')])
    expect(runs.sort()).toEqual([1, 2])
    expect([await balanceOf(store), await balanceOf(store, 'account-2')]).toEqual([90, 90])
  })

  it('are run again five times, and then are a conflict', async () => {
    await refusing(database, 'serialization_failure', async () => {
      let runs = 0
      const work = store.transaction(async (tx) => {
        runs += 1
        await tx.addAuditEntry(samples.auditEntry())
      })
      await expect(work).rejects.toMatchObject({ code: 'conflict', details: { operation: 'addAuditEntry' }, cause: { code: '40001' } })
      expect(runs).toBe(6)
    })
  })

  it('are not run again for other reasons', async () => {
    await refusing(database, 'unique_violation', async () => {
      let runs = 0
      const work = store.transaction(async (tx) => {
        runs += 1
        await tx.addAuditEntry(samples.auditEntry())
      })
      await expect(work).rejects.toMatchObject({ code: 'conflict', cause: { code: '23505' } })
      expect(runs).toBe(1)
    })
  })

  it('wait for one another on a single connection, and none hangs', async () => {
    const single = kyselyStore(database.connect({ max: 1 }))
    const spends = Array.from({ length: 32 }, (_, index) => {
      const spend = samples.spend({ id: `spend-${index}`, amount: 1 })
      return index % 2 === 0 ? single.transaction((tx) => tx.spendCredits(spend)) : single.spendCredits(spend)
    })
    expect((await Promise.all(spends)).every((spend) => spend?.outcome === 'spent')).toBe(true)
    expect(await balanceOf(store)).toBe(68)
  })

  it('show a snapshot as of one moment', async () => {
    const balances = await store.snapshot(async (books) => {
      const before = await books.readBook('account-1')
      await store.spendCredits(samples.spend())
      return [before?.balance, (await books.readBook('account-1'))?.balance, (await books.readBook('account-1'))?.sequence]
    })
    expect(balances).toEqual([100, 100, 1])
    expect(await balanceOf(store)).toBe(90)
  })

  it('cost one statement for a spend, and for each question of the gate', async () => {
    await store.addSession(samples.session({ userId: 'account-1:owner' }))
    await store.addApiKey({ apiKey: samples.apiKey(), secretHash: 'b'.repeat(64) })
    const questions: (() => Promise<unknown>)[] = [
      () => store.spendCredits(samples.spend()),
      () => store.spendCredits(samples.spend({ id: 'repeated', idempotencyKey: 'key:spend-1' })),
      () => store.findAccountAccess('account-1'),
      () => store.findUserAccess('account-1:owner'),
      () => store.findSessionAccess('a'.repeat(64)),
      () => store.findApiKeyAccess('b'.repeat(64)),
      () => store.findAccountState('account-1'),
    ]
    for (const ask of questions) {
      database.clearLog()
      expect(await ask()).not.toBeNull()
      expect(database.log).toHaveLength(1)
    }
  })
})

describe.skipIf(serverUrl === null)('single operations on a server', () => {
  let database: TestDatabase
  let store: Store
  beforeAll(async () => {
    database = await openDatabase(serverUrl ?? '')
  })
  beforeEach(async () => {
    // One statement a spend: these cases are about statements that wait for each other.
    store = kyselyStore(database.db, { coalesce: false })
    await addAccountWith(store, 10)
  })
  afterEach(() => emptyTables(database.db))
  afterAll(() => database.close())

  it('that meet with one new key take once, also when nothing is left after the first', async () => {
    const spends = await whileHeld(database, () => [
      store.spendCredits(samples.spend({ id: 'one', idempotencyKey: 'same' })),
      store.spendCredits(samples.spend({ id: 'two', idempotencyKey: 'same' })),
      kyselyStore(database.db).transaction((tx) => tx.spendCredits(samples.spend({ id: 'three', idempotencyKey: 'same' }))),
    ])
    expect(spends.map((spend) => spend?.outcome).sort()).toEqual(['replayed', 'replayed', 'spent'])
    expect(new Set(spends.map((spend) => spend?.entry.id)).size).toBe(1)
    expect(await balanceOf(store)).toBe(0)
  })

  it('that meet with one new key take once when much is left, inside transactions too', async () => {
    const spend = (id: string) => samples.spend({ id, amount: 1, idempotencyKey: 'same' })
    const spends = await whileHeld(database, () => [
      store.spendCredits(spend('one')),
      store.spendCredits(spend('two')),
      store.transaction((tx) => tx.spendCredits(spend('three'))),
      store.transaction((tx) => tx.spendCredits(spend('four'))),
    ])
    expect(spends.map((outcome) => outcome?.outcome).sort()).toEqual(['replayed', 'replayed', 'replayed', 'spent'])
    expect(await balanceOf(store)).toBe(9)
  })

  it('are a conflict when another row has an id that should be new', async () => {
    await store.addAuditEntry(samples.auditEntry())
    await expect(store.addAuditEntry(samples.auditEntry())).rejects.toMatchObject({
      code: 'conflict',
      details: { operation: 'addAuditEntry' },
    })
  })

  it('are tried again where the database refuses them for a conflict', async () => {
    await refusing(database, 'deadlock_detected', async () => {
      await expect(store.addAuditEntry(samples.auditEntry())).rejects.toMatchObject({ code: 'conflict', cause: { code: '40P01' } })
      expect(database.log.filter((sql) => sql.startsWith('insert into "tenantry_audit_entry"')).length).toBeGreaterThan(5)
    })
  })

  it('do not mind that the default of the database is serializable', async () => {
    const strict = new URL(database.url)
    strict.searchParams.set('options', '-c default_transaction_isolation=serializable')
    const strictStore = kyselyStore(database.connect({ url: strict.href, max: 10 }))
    const spends = await Promise.all(
      Array.from({ length: 40 }, (_, index) => strictStore.spendCredits(samples.spend({ id: `spend-${index}`, amount: 1 }))),
    )
    expect(spends.filter((spend) => spend?.outcome === 'spent')).toHaveLength(10)
    expect(spends.filter((spend) => spend === null)).toHaveLength(30)
    expect(await balanceOf(store)).toBe(0)
  })
})

/** Resolves for everybody once `parties` have come. */
function barrier(parties: number): () => Promise<void> {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  let come = 0
  return () => {
    come += 1
    if (come === parties) open()
    return opened
  }
}

/** Starts operations on `account-1` while somebody else holds it, and lets go when all of them wait for it. */
async function whileHeld<Result>({ db }: TestDatabase, start: () => Promise<Result>[]): Promise<Result[]> {
  const operations: Promise<Result>[] = []
  await db.transaction().execute(async (trx) => {
    await trx.selectFrom('tenantry_account').select('id').where('id', '=', 'account-1').forNoKeyUpdate().execute()
    operations.push(...start())
    for (let waiting = 0; waiting < operations.length; ) {
      const [row] = await run<{ waiting: number }>(
        db, // not `trx`: within a transaction the answer never changes
        `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      waiting = row?.waiting ?? 0
    }
  })
  return Promise.all(operations)
}

/** Lets every new audit entry fail with this error of the server. */
async function refusing({ db }: TestDatabase, condition: string, work: () => Promise<void>): Promise<void> {
  await run(db, `create function refuse() returns trigger language plpgsql as $$ begin raise ${condition}; end $$`)
  await run(db, 'create trigger refuse before insert on tenantry_audit_entry for each row execute function refuse()')
  try {
    await work()
  } finally {
    await run(db, 'drop function refuse() cascade')
  }
}
