import pg from 'pg'
import { type AccessChange, createTenantry } from 'tenantry'
import { postgresAccessNotices, rollback } from 'tenantry/kysely'
import { memoryStore } from 'tenantry/memory'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { refusalOf } from '../support/host.js'
import { openDatabase, run, type TestDatabase } from '../support/kysely.js'
import { withClient } from '../support/postgres.js'

const serverUrl = inject('postgresUrl')

/** What the gate does not read. A column that is new is either here or in the condition of the table's trigger. */
const notRead: Readonly<Record<string, readonly string[]>> = {
  tenantry_account: [
    ...['credits', 'unsettled_spend', 'entry_sequence', 'entry_hash', 'settles_at', 'lived_until', 'next_due_at', 'updated_at'],
    ...['event_sequence'],
  ],
  tenantry_api_key: ['last_used_at'],
  tenantry_user: ['external_user_id', 'password_hash', 'updated_at'],
  tenantry_plan: ['created_at', 'updated_at'],
  tenantry_subscription: [],
  tenantry_session: [],
  tenantry_membership: [],
}

describe.skipIf(serverUrl === null)('notices of Postgres', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openDatabase(serverUrl ?? '')
  })
  afterAll(() => database.close())

  it.each(Object.keys(notRead))('are given for every column of %s that the gate reads', async (table) => {
    const [trigger] = await run<{ definition: string }>(
      database.db,
      'select pg_get_triggerdef(oid) as definition from pg_trigger where tgname = $1',
      `${table}_tell_update`,
    )
    const columns = await run<{ name: string }>(
      database.db,
      'select column_name as name from information_schema.columns where table_schema = current_schema() and table_name = $1',
      table,
    )
    const isWatched = (name: string): boolean =>
      trigger?.definition.includes('old.*') === true || new RegExp(`old\\.${name}\\b`).test(trigger?.definition ?? '')
    const unwatched = columns.map(({ name }) => name).filter((name) => !isWatched(name))
    expect(unwatched.filter((name) => !notRead[table]?.includes(name))).toEqual([])
  })

  it('tell listeners of their schema, each of them, and everything where they cannot be read', async () => {
    const open = async () => {
      const client = new pg.Client({ connectionString: database.url })
      await client.connect()
      return client
    }
    const heard: AccessChange[] = []
    const notices = postgresAccessNotices({ connect: open, schema: 'public' })
    const isHearing = new Promise<void>((resolve) => {
      notices.listen({ onChange: (change) => void heard.push(change), onHearing: (hears) => hears && resolve() })
    })
    const alsoHearing = new Promise<void>((resolve) => {
      notices.listen({ onChange: (change) => void heard.push(change), onHearing: (hears) => hears && resolve() })
    })
    await Promise.all([isHearing, alsoHearing])
    const tell = (payload: string) => run(database.db, `select pg_notify('tenantry_access', $1)`, payload)
    await tell('{"schema":"another","of":"account","id":"1"}')
    await tell('{"schema":"public","of":"account","id":"1"}')
    await tell('no json')
    await tell('{"schema":"public","of":"everything","id":"1"}')
    while (heard.length < 6) await new Promise((resolve) => setTimeout(resolve, 5))
    const account = { of: 'account', id: '1' }
    expect(heard).toEqual([account, account, ...Array.from({ length: 4 }, () => ({ of: 'everything' }))])
    await notices.close()
  })

  /** Of the others, which cannot be emptied while entries of credits refer to them, it is the same trigger. */
  it.each(['session', 'api_key', 'membership', 'subscription'])(
    'are given when the table of each %s is emptied at a stroke',
    async (table) => {
      const heard = await withClient(database.url, async (client) => {
        const payloads: unknown[] = []
        client.on('notification', ({ payload = '' }) => void payloads.push(JSON.parse(payload)))
        await client.query('listen tenantry_access')
        await run(database.db, `truncate tenantry_${table}`)
        await client.query('select 1')
        return payloads
      })
      expect(heard).toEqual([{ schema: 'public', of: 'everything' }])
    },
  )

  it('are missed aloud where nothing listens at the port, and where the server has ended the connection', async () => {
    const url = new URL(database.url)
    url.port = '1'
    const lines: unknown[] = []
    const log = (message: string, facts?: object) => void lines.push(facts ? [message, facts] : [message])
    const clients: pg.Client[] = []
    const notices = postgresAccessNotices({
      connect: async () => {
        const client = new pg.Client(url.href)
        await client.connect()
        clients.push(client)
        return client
      },
    })
    const off = (reason: string) => [expect.stringContaining('The gate cache is off'), { reason }]
    const on = [expect.stringContaining('The gate cache is on again')]
    const untilLogged = (...expected: unknown[]) => vi.waitFor(() => expect(lines).toEqual(expected), { timeout: 30_000 })
    createTenantry({ store: memoryStore(), gateCache: { notices }, logger: { info: log, warn: log, error: log } })
    await untilLogged(off('ECONNREFUSED'))
    url.port = new URL(database.url).port
    await untilLogged(off('ECONNREFUSED'), on)
    const [own] = (await clients[0]?.query('select pg_backend_pid() as pid'))?.rows ?? []
    await run(database.db, `select pg_terminate_backend(${own.pid})`)
    await untilLogged(off('ECONNREFUSED'), on, off('57P01'), on)
    await notices.close()
    expect(lines).toHaveLength(4)
  })

  it('need a heartbeat within bounds', async () => {
    for (const heartbeatSeconds of [0, 61, 1.5, Number.NaN]) {
      const make = async () => postgresAccessNotices({ connect: () => Promise.reject(new Error('never')), heartbeatSeconds })
      expect(await refusalOf(make())).toMatchObject({ code: 'invalid_input' })
    }
  })

  it('can be taken away with their migration', async () => {
    const taken: string[] = []
    while (!taken.includes('0015-access-notices')) taken.push(...(await rollback(database.db, { force: true })))
    expect(await run(database.db, `select 1 from pg_trigger where tgname like 'tenantry%tell%'`)).toEqual([])
  })
})
