import fc from 'fast-check'
import { Kysely, type LogEvent, PostgresDialect } from 'kysely'
import { type CreditSpend, createTenantry, type SpendOutcome, type Store } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { samples } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { hotStatements } from '../../src/adapters/kysely/hot-statements.js'
import { tableNames } from '../../src/adapters/kysely/schema.js'
import { addAccount, at, stateOf } from '../../src/testing/store-contract/world.js'
import { cuttingProxy } from '../support/cutting-proxy.js'
import { openDatabase, run, type TestDatabase } from '../support/kysely.js'
import { createPool } from '../support/postgres.js'

const serverUrl = inject('postgresUrl')

let named = 0
/** A name that nothing else in this database has. */
const fresh = (name: string): string => `${name}-${++named}`

/** An account with so many bought credits. */
async function openAccount(store: Store, amount: number, possessions: Parameters<typeof addAccount>[1] = {}): Promise<string> {
  const id = fresh('account')
  await addAccount(store, { id, grants: [samples.grant({ amount })], ...possessions })
  return id
}

const spendOf = (accountId: string, amount: number, overrides: Partial<CreditSpend> = {}): CreditSpend =>
  samples.spend({ id: fresh('spend'), accountId, amount, ...overrides })

/** What came of a spend, in short. */
const brief = (outcome: SpendOutcome | null): string =>
  outcome === null ? 'refused' : `${outcome.outcome} ${outcome.entry.sequence} leaves ${outcome.entry.balanceAfter}`

describe.skipIf(serverUrl === null)('spends that travel together', () => {
  let database: TestDatabase
  let store: Store
  beforeAll(async () => {
    database = await openDatabase(serverUrl ?? '')
    store = kyselyStore(database.db)
  })
  afterAll(() => database.close())

  const together = (spends: readonly CreditSpend[], through = store): Promise<(SpendOutcome | null)[]> =>
    Promise.all(spends.map((spend) => through.spendCredits(spend)))

  const batches = (): number => database.log.filter((sql) => sql.includes('skip locked')).length

  it('are one statement, and each gets the entry that it wrote', async () => {
    const accounts = [await openAccount(store, 100), await openAccount(store, 50)]
    const spends = accounts.flatMap((accountId) => [
      spendOf(accountId, 10, {
        metadata: { text: `"quoted" \\ {braces}, null 漢字 🦊`, nothing: null },
        userId: 'user-7',
        apiKeyId: 'key "7"',
      }),
      spendOf(accountId, 5, { operation: `it's, "NULL" {}`, description: 'NULL', createdAt: at(7) }),
    ])
    database.clearLog()
    const outcomes = await together(spends)
    expect(database.log).toHaveLength(1)
    expect(outcomes.map(brief)).toEqual(['spent 2 leaves 90', 'spent 3 leaves 85', 'spent 2 leaves 40', 'spent 3 leaves 35'])
    for (const [index, outcome] of outcomes.entries()) {
      const spend = spends[index] as CreditSpend
      expect(outcome).toEqual({ ...(await store.findCreditEntryByKey(spend)), outcome: 'spent' })
    }
    expect((await stateOf(store, accounts[0])).ledger).toMatchObject({ balance: 85, sequence: 3, unsettledSpend: 15 })
  })

  it('are decided in order of arrival: what is refused does not stop a smaller one', async () => {
    const accountId = await openAccount(store, 100)
    const outcomes = await together([60, 60, 30, 20, 10, 1].map((amount) => spendOf(accountId, amount)))
    expect(outcomes.map(brief)).toEqual(['spent 2 leaves 40', 'refused', 'spent 3 leaves 10', 'refused', 'spent 4 leaves 0', 'refused'])
  })

  it('take once per key, and the second is a replay of the first', async () => {
    const accountId = await openAccount(store, 100)
    const key = { idempotencyKey: 'one' }
    const outcomes = await together([spendOf(accountId, 10, key), spendOf(accountId, 20, key), spendOf(accountId, 1, key)])
    expect(outcomes.map(brief)).toEqual(['spent 2 leaves 90', 'replayed 2 leaves 90', 'replayed 2 leaves 90'])
    expect(new Set(outcomes.map((outcome) => outcome?.entry.id)).size).toBe(1)
    expect((await together([spendOf(accountId, 10, key), spendOf(accountId, 7)])).map(brief)).toEqual([
      'replayed 2 leaves 90',
      'spent 3 leaves 83',
    ])
  })

  it('with the key of one that was refused are decided by themselves', async () => {
    const accountId = await openAccount(store, 100)
    const key = { idempotencyKey: 'one' }
    const spends = [spendOf(accountId, 101, key), spendOf(accountId, 102, key), spendOf(accountId, 30, key), spendOf(accountId, 80)]
    expect((await together(spends)).map(brief)).toEqual(['refused', 'refused', 'spent 2 leaves 70', 'refused'])
  })

  it('of accounts that are not there, or are closed, are refused, and their neighbours are not', async () => {
    const accountId = await openAccount(store, 100)
    const suspended = await openAccount(store, 100, { status: 'suspended' })
    const due = await openAccount(store, 100, { settlesAt: at(500) })
    const outcomes = await together([
      ...['nowhere', 'nowhere', 'elsewhere', suspended, accountId].map((id) => spendOf(id, 1)),
      spendOf(due, 1, { createdAt: at(500) }),
      spendOf(due, 2, { createdAt: at(499) }),
    ])
    expect(outcomes.map(brief)).toEqual([
      ...['refused', 'refused', 'refused', 'refused', 'spent 2 leaves 99'],
      ...['refused', 'spent 2 leaves 98'],
    ])
  })

  it('do not wait for an account that a transaction holds, unless it is their own', async () => {
    const [held, free] = [await openAccount(store, 100), await openAccount(store, 100)]
    const waiting = await store.transaction(async (tx) => {
      await tx.lockAccount(held)
      const outcomes = [held, held, free, free].map((id) => store.spendCredits(spendOf(id, 10)))
      expect((await Promise.all(outcomes.slice(2))).map(brief)).toEqual(['spent 2 leaves 90', 'spent 3 leaves 80'])
      await tx.spendCredits(spendOf(held, 50))
      return outcomes.slice(0, 2)
    })
    expect((await Promise.all(waiting)).map(brief)).toEqual(['spent 3 leaves 40', 'spent 4 leaves 30'])
  })

  it('see the key that somebody used while they waited', async () => {
    const accountId = await openAccount(store, 100)
    const key = { idempotencyKey: 'one' }
    const waiting = await store.transaction(async (tx) => {
      await tx.spendCredits(spendOf(accountId, 90, key))
      const outcomes = together([spendOf(accountId, 10, key), spendOf(accountId, 5), spendOf(accountId, 90, key)])
      await somebodyWaits()
      return { outcomes }
    })
    expect((await waiting.outcomes).map(brief)).toEqual(['replayed 2 leaves 10', 'spent 3 leaves 5', 'replayed 2 leaves 10'])
  })

  it('fail alone, through bad data or an id that is taken', async () => {
    const [accountId, other] = [await openAccount(store, 100), await openAccount(store, 100)]
    const taken = spendOf(accountId, 1)
    await store.spendCredits(taken)
    const settled = await Promise.allSettled(
      [
        spendOf(accountId, 10),
        spendOf(accountId, 10, { metadata: { text: '\0' } }),
        spendOf(accountId, 10, { id: taken.id, idempotencyKey: 'another' }),
        spendOf(other, 10),
        spendOf(accountId, 10),
        spendOf(other, 10, { createdAt: new Date(Number.NaN) }),
      ].map((spend) => store.spendCredits(spend)),
    )
    const seen = settled.map((result) => (result.status === 'fulfilled' ? brief(result.value) : (result.reason.code ?? result.reason.name)))
    expect(seen).toEqual(['spent 3 leaves 89', 'store_unavailable', 'conflict', 'spent 2 leaves 90', 'spent 4 leaves 79', 'RangeError'])
  })

  it('do not know what happened when the connection is lost under them, and are not run again', async () => {
    const proxy = await cuttingProxy(database.url)
    const through = kyselyStore(database.connect({ url: proxy.url }))
    const accountId = await openAccount(store, 100)
    for (const when of ['before', 'after'] as const) {
      proxy.cutAt({ text: 'skip locked', when })
      const spends = [1, 2, 3].map((amount) => spendOf(accountId, amount, { idempotencyKey: `${amount}` }))
      const settled = await Promise.allSettled(spends.map((spend) => through.spendCredits(spend)))
      expect(settled.map((result) => (result.status === 'rejected' ? result.reason.code : result))).toEqual(
        spends.map(() => 'outcome_unknown'),
      )
    }
    const first = { accountId, idempotencyKey: '1' }
    while ((await store.findCreditEntryByKey(first)) === null); // the server got the second statement and is on it
    const again = await together([1, 2, 3].map((amount) => spendOf(accountId, amount, { idempotencyKey: `${amount}` })))
    expect(again.map(brief)).toEqual(['replayed 2 leaves 99', 'replayed 3 leaves 97', 'replayed 4 leaves 94'])
    await proxy.close()
  })

  it('inside a transaction travel alone, and with coalescing off too', async () => {
    const accountId = await openAccount(store, 100)
    const spends = (): CreditSpend[] => [1, 2, 3].map((amount) => spendOf(accountId, amount))
    database.clearLog()
    await store.transaction((tx) => Promise.all(spends().map((spend) => tx.spendCredits(spend))))
    await database.db.transaction().execute((trx) => together(spends(), kyselyStore(trx)))
    await together(spends(), kyselyStore(database.db, { coalesce: false }))
    expect(batches()).toBe(0)
    await together(spends())
    expect(batches()).toBe(1)
  })

  it('look a key up by its index, even where the statistics say that every account has one entry', async () => {
    const one = await openDatabase(serverUrl ?? '', { max: 1 })
    const id = `'account-' || number`
    await run(
      one.db,
      `insert into tenantry_account (id, name, status, payment_method, throttles, credits, unsettled_spend, entry_sequence, entry_hash, created_at, updated_at)
      select ${id}, 'many', 'active', 'stripe', '{}', 100, 0, 1, '', now(), now() from generate_series(1, 20000) number`,
    )
    await run(
      one.db,
      `insert into tenantry_credit_entry
        (account_id, sequence, id, type, amount, balance_after, description, idempotency_key, metadata, hash, created_at)
      select ${id}, 1, 'entry-' || number, 'purchase', 100, 100, '', 'start', '{}', '', now() from generate_series(1, 20000) number`,
    )
    await run(one.db, 'analyze')
    await run(one.db, 'set plan_cache_mode = force_generic_plan')
    const { spend, spendBatch, entryByKey, entriesByKeys } = hotStatements(tableNames(null), true)
    for (const text of [spend, spendBatch.skip, spendBatch.wait, entryByKey, entriesByKeys]) {
      await run(one.db, `prepare hot as ${text}`)
      const parameters = new Array(Math.max(...[...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)))).fill('null')
      const plan = await run<{ 'QUERY PLAN': string }>(one.db, `explain execute hot (${parameters.join(', ')})`)
      await run(one.db, 'deallocate hot')
      const scans = plan.map((line) => line['QUERY PLAN']).filter((line) => /Scan .* on tenantry_credit_entry/.test(line))
      expect(scans).toEqual([expect.stringContaining('Index Scan using tenantry_credit_entry_account_id_idempotency_key_key')])
    }
    await one.close()
  })

  it('keep their promises where the database is stricter by default', async () => {
    const url = new URL(database.url)
    url.searchParams.set('options', '-c default_transaction_isolation=serializable')
    const strict = [1, 2].map(() => kyselyStore(database.connect({ url: url.href })))
    const accountId = await openAccount(store, 1000)
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, index) => (strict[index % 2] as Store).spendCredits(spendOf(accountId, 1))),
    )
    expect(outcomes.filter((outcome) => outcome?.outcome === 'spent')).toHaveLength(60)
    expect((await stateOf(store, accountId)).ledger).toMatchObject({ balance: 940, sequence: 61, unsettledSpend: 60 })
  })

  it('come to the same as one by one, whatever they are', async () => {
    const one = kyselyStore(database.connect(), { coalesce: false })
    const { verifyBooks } = createTenantry({ store })
    const failed: unknown[] = []
    const pool = createPool(database.url)
    const log = (event: LogEvent): void => {
      if (event.level === 'error') failed.push(event.error)
      if (event.query.sql.includes('skip locked')) reached.batches += 1
    }
    const many = kyselyStore(new Kysely<unknown>({ dialect: new PostgresDialect({ pool }), log }))
    const reached = { batches: 0, refused: 0, replayed: 0, spentAfterRefused: 0 }

    await fc.assert(
      fc.asyncProperty(worlds, programs, async (world, program) => {
        const twins = [await openWorld(store, world), await openWorld(store, world)]
        for (const step of program) {
          const [spendsOfBatch, spendsOfOne] = twins.map((accounts) => step.map((content) => toSpend(accounts, content)))
          const batched = await together(spendsOfBatch ?? [], many)
          const alone: (SpendOutcome | null)[] = []
          for (const spend of spendsOfOne ?? []) alone.push(await one.spendCredits(spend))
          expect(batched.map(withoutNames)).toEqual(alone.map(withoutNames))
          count(reached, step, batched)
        }
        for (const [index, accountId] of (twins[0] ?? []).entries()) {
          if (accountId.startsWith('nowhere')) continue
          const twin = twins[1]?.[index] ?? ''
          expect(await booksOf(store, accountId)).toEqual(await booksOf(store, twin))
          expect((await verifyBooks({ accountId })).problems).toEqual([])
        }
      }),
      { numRuns: 80 },
    )
    await pool.end()
    // Nothing was mended by the constraints of the tables and a second attempt.
    expect(failed).toEqual([])
    expect(Math.min(...Object.values(reached)), JSON.stringify(reached)).toBeGreaterThan(20)
  })

  /** Resolves when a connection to this database waits for a lock. */
  async function somebodyWaits(): Promise<void> {
    const question = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    while ((await run(database.db, question)).length === 0);
  }
})

/** An account of a world; `null` for one that is not there. */
type AccountPlan = { credits: number; status: 'active' | 'suspended' | 'cancelled'; settlesAt: number | null } | null

/** A spend of a program. */
interface SpendPlan {
  readonly account: number
  readonly key: number
  readonly amount: number
  readonly at: number
}

const worlds: fc.Arbitrary<readonly AccountPlan[]> = fc.array(
  fc.option(
    fc.record({
      credits: fc.integer({ min: 1, max: 150 }),
      status: fc.constantFrom('active' as const, 'active' as const, 'active' as const, 'suspended' as const, 'cancelled' as const),
      settlesAt: fc.option(fc.integer({ min: 3, max: 10 })),
    }),
    { freq: 8 },
  ),
  { minLength: 1, maxLength: 4 },
)

const spendPlan: fc.Arbitrary<SpendPlan> = fc.record({
  account: fc.integer({ min: 0, max: 3 }),
  key: fc.integer({ min: 0, max: 15 }),
  amount: fc.integer({ min: 1, max: 30 }),
  at: fc.integer({ min: 0, max: 10 }),
})

/** What is asked at once, several times. */
const programs = fc.array(fc.array(spendPlan, { minLength: 2, maxLength: 30, size: 'max' }), { minLength: 1, maxLength: 3 })

const openWorld = (store: Store, world: readonly AccountPlan[]): Promise<string[]> =>
  Promise.all(
    world.map((account) => {
      if (account === null) return fresh('nowhere')
      const settlesAt = account.settlesAt === null ? null : at(account.settlesAt)
      return openAccount(store, account.credits, { status: account.status, settlesAt })
    }),
  )

const toSpend = (accounts: readonly string[], { account, key, amount, at: moment }: SpendPlan): CreditSpend =>
  spendOf(accounts[account % accounts.length] ?? '', amount, {
    idempotencyKey: `key-${key}`,
    fingerprint: `f${amount}`,
    createdAt: at(moment),
  })

/** An outcome without what differs between twins. */
const withoutNames = (outcome: SpendOutcome | null) => outcome && { ...outcome, entry: { ...outcome.entry, id: '', accountId: '' } }

async function booksOf(store: Store, accountId: string) {
  const { account, ledger } = await stateOf(store, accountId)
  const entries = await store.listCreditEntries({ accountId, beforeSequence: null, limit: 200 })
  return {
    credits: account.credits,
    unsettledSpend: ledger.unsettledSpend,
    sequence: ledger.sequence,
    entries: entries.map((entry) => ({ ...entry, id: '', accountId: '' })),
  }
}

/** Counts the interesting things that came of a step. */
function count(
  reached: { refused: number; replayed: number; spentAfterRefused: number },
  step: readonly SpendPlan[],
  outcomes: readonly (SpendOutcome | null)[],
): void {
  const refused = new Set<number>()
  outcomes.forEach((outcome, index) => {
    const account = step[index]?.account ?? 0
    if (outcome === null) refused.add(account)
    if (outcome === null) reached.refused += 1
    else if (outcome.outcome === 'replayed') reached.replayed += 1
    else if (refused.has(account)) reached.spentAfterRefused += 1
  })
}
