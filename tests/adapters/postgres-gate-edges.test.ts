import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Store } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { samples } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { readApiKeyAccess } from '../../src/adapters/kysely/access.js'
import { hotStatements } from '../../src/adapters/kysely/hot-statements.js'
import { tableNames } from '../../src/adapters/kysely/schema.js'
import type { JoinedRow } from '../../src/adapters/kysely/selections.js'
import { type Database, openDatabase, run, type TestDatabase } from '../support/kysely.js'
import { addAccountWith } from '../support/store.js'

const serverUrl = inject('postgresUrl')

const hash = 'a'.repeat(64)

/** The gate reads one JSON text where every other question reads columns: both must say the same of whatever a column can hold. */
describe.skipIf(serverUrl === null)('what the gate reads at the ends of what a column holds', () => {
  let database: TestDatabase
  let store: Store
  beforeAll(async () => {
    database = await openDatabase(serverUrl ?? '')
    store = kyselyStore(database.db)
    await addAccountWith(store, 100, 'a')
    await store.addSession(samples.session({ tokenHash: hash, userId: 'a:owner', accountId: 'a' }))
    await store.addApiKey({ apiKey: samples.apiKey({ id: 'a', accountId: 'a' }), secretHash: hash })
    await store.transaction(async (tx) => {
      await tx.lockAccount('a')
      await tx.saveSubscription(samples.subscription({ accountId: 'a' }))
    })
  }, 60_000)
  afterAll(() => database.close())

  /** As columns, which the gate read before there was a text. */
  async function fromColumns(db: Database = database.db) {
    const [row] = await run<JoinedRow>(db, hotStatements(tableNames(null), false).apiKeyAccess, hash)
    return readApiKeyAccess(row ?? {})
  }

  /** Alone and in company. */
  async function bothWays(through: Store = store) {
    const [together] = await Promise.all([through.findApiKeyAccess(hash), through.findApiKeyAccess('nobody')])
    expect(await through.findApiKeyAccess(hash)).toEqual(together)
    return together
  }

  const set = (assignment: string, ...parameters: unknown[]): Promise<unknown> => {
    const [table = ''] = assignment.split(' ')
    return run(database.db, `update tenantry_${table} set ${assignment.slice(table.length)}`, ...parameters)
  }

  const moments = [
    ['2026-01-31 10:20:30.123999+00', '2026-01-31T10:20:30.123Z'],
    ['2026-01-31 10:20:30.001+00', '2026-01-31T10:20:30.001Z'],
    ['1969-12-31 23:59:59.999999+00', '1969-12-31T23:59:59.999Z'],
    ['1880-05-05 00:00:00.5+00', '1880-05-05T00:00:00.500Z'],
    ['0099-01-01 00:00:00+00', '0099-01-01T00:00:00.000Z'],
    ['0044-03-15 12:00:00.25+00 BC', '-000043-03-15T12:00:00.250Z'],
    ['9999-12-31 23:59:59.999999+00', '9999-12-31T23:59:59.999Z'],
    ['10000-01-01 00:00:00.007+00', '+010000-01-01T00:00:00.007Z'],
    ['275760-09-12 00:00:00+00', '+275760-09-12T00:00:00.000Z'],
  ] as const

  it.each(['UTC', 'Asia/Kathmandu', 'Europe/Amsterdam', 'America/St_Johns'])(
    'is every moment to the millisecond, for a session in %s',
    async (zone) => {
      const url = new URL(database.url)
      url.searchParams.set('options', `-c TimeZone=${zone}`)
      const db = database.connect({ url: url.href })
      const elsewhere = kyselyStore(db)
      for (const [written, read] of moments) {
        await set('subscription next_credits_at = $1, created_at = $1', written)
        const subscription = (await bothWays(elsewhere))?.access.subscription
        expect([subscription?.nextCreditsAt?.toISOString(), subscription?.createdAt.toISOString()]).toEqual([read, read])
        expect(await bothWays(elsewhere)).toEqual(await fromColumns(db))
      }
    },
  )

  it.each(['infinity', '-infinity', '290000-01-01 00:00:00+00'])('is no moment that is none: %s', async (moment) => {
    await set('subscription created_at = $1', moment)
    await expect(fromColumns()).rejects.toThrow(/the database answered .* where a time belongs/)
    await expect(store.findApiKeyAccess(hash)).rejects.toThrow(/the database answered .* where a time belongs/)
    await set('subscription created_at = now()')
  })

  it('is every number that a number holds, and none that it would round', async () => {
    for (const credits of [0, 1, 2 ** 53 - 1]) {
      await set('account credits = $1', credits)
      expect((await bothWays())?.access.account.credits).toBe(credits)
    }
    for (const credits of ['9007199254740992', '9007199254740993', '9223372036854775807']) {
      await set('account credits = $1', credits)
      const refusal = `the database answered ${credits} where a safe integer belongs`
      await expect(fromColumns()).rejects.toThrow(refusal)
      await expect(store.findApiKeyAccess(hash)).rejects.toThrow(refusal)
    }
    await set('account credits = 100')
  })

  it('is every text', async () => {
    const controls = String.fromCharCode(...Array.from({ length: 31 }, (_, index) => index + 1))
    for (const name of [
      '',
      'null',
      '"',
      `'"\\/{}[],`,
      `\\u0041 \\" \\\\`,
      controls,
      '\u007f\u0085\u2028\u2029\ufeff',
      '𝒜 👩‍🚀 é e\u0301 ﷽',
    ]) {
      await set('account name = $1, status_reason = $1', name)
      await set('api_key name = $1', name)
      const found = await bothWays()
      expect([found?.access.account.name, found?.access.account.statusReason, found?.apiKey.name]).toEqual([name, name, name])
      expect(found).toEqual(await fromColumns())
    }
    await set('account name = $1, status_reason = null', 'lone \ud83d surrogate')
    expect((await bothWays())?.access.account).toMatchObject({ name: 'lone \ufffd surrogate', statusReason: null })
  })

  it('is every list and every object, also empty ones', async () => {
    for (const [scopes, throttles, limits] of [
      ['[]', '{}', '{}'],
      ['["a\\"b", "\\u0001", "𝒜"]', '{"": {"limit": 1e3, "windowSeconds": 0.5}}', '{"maxSites": null, "maxUsers": 9007199254740993}'],
    ]) {
      await set('api_key scopes = $1', scopes)
      await set('account throttles = $1', throttles)
      await set('plan limits = $1, prices = $2', limits, '[]')
      const found = await bothWays()
      expect(found?.apiKey.scopes).toEqual(JSON.parse(scopes ?? ''))
      expect(found?.access.account.throttles).toEqual(JSON.parse(throttles ?? ''))
      expect(found?.access.account.plan).toMatchObject({ limits: JSON.parse(limits ?? ''), prices: [] })
      expect(found).toEqual(await fromColumns())
    }
  })

  it("is nobody else's fault: of questions that travel together only that fails whose row cannot be read", async () => {
    await addAccountWith(store, 7, 'b')
    await set("account created_at = 'infinity' where id = $1", 'a')
    const [bad, good] = await Promise.allSettled([store.findAccountAccess('a'), store.findAccountAccess('b')])
    expect(bad).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('where a time belongs') } })
    expect(good).toMatchObject({ status: 'fulfilled', value: { account: { id: 'b', credits: 7 } } })
    await set('account created_at = now()')
  })

  /** The store of a host that lets its driver read texts in its own way. */
  async function withParser<Result>(
    parse: (text: string, type: number) => unknown,
    work: (store: Store) => Promise<Result>,
  ): Promise<Result> {
    const types = { getTypeParser: (type: number) => (text: string) => parse(text, type) }
    const pool = new pg.Pool({ connectionString: database.url, types: types as unknown as pg.CustomTypesConfig })
    pool.on('error', () => {}) // the database is dropped while its connections close
    const db: Database = new Kysely({ dialect: new PostgresDialect({ pool }) })
    try {
      return await work(kyselyStore(db, { pool }))
    } finally {
      await db.destroy()
    }
  }

  it('is the same where a host lets its driver leave everything as text', async () => {
    await withParser(
      (text) => text,
      async (withoutTypes) => {
        expect(await withoutTypes.findApiKeyAccess(hash)).toEqual(await fromColumns())
        expect(await withoutTypes.findSessionAccess(hash)).toEqual(await store.findSessionAccess(hash))
        expect(await withoutTypes.findUserAccess('a:owner')).toEqual(await store.findUserAccess('a:owner'))
      },
    )
  })

  it('is the same where a host lets its driver parse what looks like JSON', async () => {
    const parse = (text: string, type: number) =>
      type === pg.types.builtins.TEXT && /^[[{]/.test(text) ? JSON.parse(text) : pg.types.getTypeParser(type, 'text')(text)
    await withParser(parse, async (eager) => expect(await bothWays(eager)).toEqual(await fromColumns()))
  })

  it('is right in any DateStyle; what comes as columns is refused where the driver cannot read it, never taken for 1970', async () => {
    const url = new URL(database.url)
    url.searchParams.set('options', '-c datestyle=SQL,DMY')
    const db: Database = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url.href }) }) })
    const styled = kyselyStore(db)
    expect(await bothWays(styled)).toEqual(await fromColumns())
    await expect(styled.findAccountState('a')).rejects.toThrow('the database answered null where a time belongs')
    await db.destroy()
  })
})
