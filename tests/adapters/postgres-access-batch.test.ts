import type { Store } from 'tenantry'
import { createTenantry } from 'tenantry'
import { kyselyStore, type PgClient, type PgPool } from 'tenantry/kysely'
import { plainHasher, samples } from 'tenantry/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { hotStatements } from '../../src/adapters/kysely/hot-statements.js'
import { tableNames } from '../../src/adapters/kysely/schema.js'
import { openDatabase, run, type TestDatabase } from '../support/kysely.js'
import { createPool } from '../support/postgres.js'
import { addAccountWith } from '../support/store.js'

const serverUrl = inject('postgresUrl')

const hash = (letter: string): string => letter.repeat(64)

describe.skipIf(serverUrl === null)('questions of the gate that travel together', () => {
  let database: TestDatabase
  let store: Store
  let alone: Store
  beforeAll(async () => {
    database = await openDatabase(serverUrl ?? '')
    store = kyselyStore(database.db)
    alone = kyselyStore(database.connect(), { coalesce: false })
    for (const name of ['a', 'b', 'c']) {
      await addAccountWith(store, 100, name)
      await store.addSession(samples.session({ tokenHash: hash(name), userId: `${name}:owner`, accountId: name }))
      await store.addApiKey({ apiKey: samples.apiKey({ id: name, accountId: name }), secretHash: hash(name) })
    }
    await store.transaction(async (tx) => {
      await tx.lockAccount('b')
      await tx.saveSubscription(samples.subscription({ accountId: 'b' }))
    })
  }, 60_000)
  beforeEach(() => database.clearLog())
  afterAll(() => database.close())

  const questions = {
    findAccountAccess: ['c', 'a', 'nowhere', 'b', `it's "quoted" \\ {here}`, 'NULL'],
    findSessionAccess: [hash('c'), hash('a'), 'none', hash('b')],
    findApiKeyAccess: [hash('c'), hash('a'), 'none', hash('b')],
  } as const
  const verbs = Object.keys(questions) as (keyof typeof questions)[]

  it.each(verbs)('are one statement of %s, and each gets what it would get alone', async (verb) => {
    const answers = await Promise.all(questions[verb].map((key) => store[verb](key)))
    expect(database.log).toHaveLength(1)
    expect(answers.filter((answer) => answer !== null)).toHaveLength(3)
    expect(answers).toEqual(await Promise.all(questions[verb].map((key) => alone[verb](key))))
  })

  it.each(verbs)('ask for equal keys of %s once, and each gets an answer of its own', async (verb) => {
    const [key] = questions[verb]
    const answers = await Promise.all(Array.from({ length: 20 }, () => store[verb](key)))
    expect(database.log).toHaveLength(1)
    const own = await alone[verb](key)
    expect(answers).toEqual(answers.map(() => own))
    expect(new Set(answers).size).toBe(20)
  })

  it.each(verbs)('do not fail with one of %s that the server does not take', async (verb) => {
    const [key, other] = questions[verb]
    const [good, bad, alsoGood] = await Promise.allSettled([store[verb](key), store[verb]('nul \0 byte'), store[verb](other)])
    expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'store_unavailable', details: { operation: verb } } })
    expect([good, alsoGood]).toEqual([
      { status: 'fulfilled', value: await alone[verb](key) },
      { status: 'fulfilled', value: await alone[verb](other) },
    ])
  })

  it('stay within a statement, however many they are', async () => {
    const keys = Array.from({ length: 1000 }, (_, index) => `nobody-${index}`)
    expect((await Promise.all(keys.map((key) => store.findAccountAccess(key)))).every((answer) => answer === null)).toBe(true)
    expect(database.log).toHaveLength(5)
  })

  it('travel alone where that is wished, and in a transaction', async () => {
    const single = kyselyStore(database.db, { coalesce: false })
    await Promise.all(['a', 'b'].map((id) => single.findAccountAccess(id)))
    expect(database.log).toHaveLength(2)
    database.clearLog()
    await store.transaction((tx) => Promise.all(['a', 'b'].map((id) => tx.findAccountAccess(id))))
    expect(database.log).toHaveLength(4)
  })

  it('are looked up by index, even with a plan made while the tables were small', async () => {
    const { manyAccesses } = hotStatements(tableNames(null), true)
    await database.db.connection().execute(async (connection) => {
      await run(connection as typeof database.db, 'set plan_cache_mode = force_generic_plan')
      for (const [kind, text] of Object.entries(manyAccesses)) {
        await run(connection as typeof database.db, `prepare many_${kind}(text) as ${text}`)
        const plan = await run<{ 'QUERY PLAN': string }>(connection as typeof database.db, `explain execute many_${kind}('{a}')`)
        const lines = plan.map((row) => row['QUERY PLAN']).join('\n')
        expect(lines).not.toMatch(/Hash Join|Merge Join/)
        expect(lines).toMatch(/Nested Loop/)
      }
    })
  })

  it('join no statement that was sent before: its answer may be older than the question', async () => {
    const pool = createPool(database.url, 2)
    let held: Promise<void> | null = null
    let isAnswered = false
    let letGo = (): void => undefined
    const slow: PgPool = {
      async connect() {
        const client = (await pool.connect()) as unknown as PgClient
        const query: PgClient['query'] = async (statement) => {
          const wait = held
          held = null
          const answer = await client.query(statement)
          isAnswered = true
          await wait
          return answer
        }
        return { query, release: (close) => client.release(close), on: () => undefined, off: () => undefined }
      },
    }
    const through = kyselyStore(database.db, { pool: slow })
    held = new Promise((resolve) => {
      letGo = resolve
    })
    const before = through.findAccountAccess('a')
    while (!isAnswered) await new Promise((resolve) => setTimeout(resolve, 5))
    await run(database.db, `update tenantry_account set name = 'renamed' where id = 'a'`)
    expect((await through.findAccountAccess('a'))?.account.name).toBe('renamed')
    letGo()
    expect((await before)?.account.name).not.toBe('renamed')
    await pool.end()
  })

  it('cost an uncached request one statement, by key, by session and by account', async () => {
    const tenantry = createTenantry({ store, passwords: plainHasher() })
    const { accountId, credentials } = await signUp(tenantry)
    for (const input of [...credentials.map((credential) => ({ credential })), { accountId }]) {
      database.clearLog()
      expect(await tenantry.authorize({ ...input, scope: 'api' })).toMatchObject({ ok: true })
      expect(database.log).toHaveLength(1)
    }
  })
})

async function signUp(tenantry: ReturnType<typeof createTenantry>) {
  await tenantry.createFreeTrialPlan()
  const { account, session } = await tenantry.registerTrial({ email: 'ada@example.com' })
  const { secret } = await tenantry.createApiKey({ accountId: account.id, name: 'CI' }, { type: 'admin', id: 'admin' })
  return { accountId: account.id, credentials: [secret, session.token] }
}
