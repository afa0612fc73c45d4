import { kyselyStore } from 'tenantry/kysely'
import { samples } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openDatabase, run, type TestDatabase } from '../support/kysely.js'

const serverUrl = inject('postgresUrl')
const at = samples.user().createdAt

describe.skipIf(serverUrl === null)('the outbox on a server', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openDatabase(serverUrl ?? '')
    await run(
      database.db,
      `insert into tenantry_account (id, name, status, payment_method, throttles, credits, unsettled_spend, entry_sequence, entry_hash, created_at, updated_at)
      select 'a' || n, 'a', 'active', 'stripe', '{}', 0, 0, 0, '', now(), now() from generate_series(1, 20000) n`,
    )
    await run(database.db, `insert into tenantry_event_stream (account_id, last_sequence) select id, 20 from tenantry_account`)
    await run(
      database.db,
      `insert into tenantry_event (account_id, sequence, id, name, data, status, attempts, delivered_at, created_at)
      select 'a' || (n % 2000), n / 2000 + 1, 'e' || n, 'account.suspended', '{}', 'delivered', 1, now(), now() from generate_series(2000, 41999) n
      where n % 2000 > 0`,
    )
    await run(database.db, 'vacuum analyze')
  })
  afterAll(() => database.close())

  /** The statements of a call, each with the plan that the server makes for it. */
  async function plansOf(call: () => Promise<unknown>, ...parameters: readonly (readonly unknown[])[]): Promise<string[]> {
    database.clearLog()
    await call()
    const statements = database.log.filter((statement) => !/^(begin|commit|set|start)/i.test(statement))
    const plans: string[] = []
    for (const [index, statement] of statements.entries()) {
      const values = (parameters[index] ?? []).map((value) => (value instanceof Date ? `'${value.toISOString()}'` : `'${value}'`))
      const filled = statement.replace(/\$(\d+)/g, (_, number) => values[Number(number) - 1] ?? 'null')
      const rows = await run<{ 'QUERY PLAN': string }>(database.db, `explain ${filled}`)
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
    }
    return plans
  }

  it('finds what is due among what is not, and what is pending among what is delivered, by small indexes', async () => {
    const store = kyselyStore(database.db)
    const leaseEndsAt = new Date(at.getTime() + 60_000)
    const [nothing] = await plansOf(() => store.claimEvents({ lease: 'a', at, leaseEndsAt, limit: 5 }), ['a', leaseEndsAt, at, 1])
    expect(nothing).toContain('tenantry_event_stream_due')
    expect(nothing).not.toContain('Seq Scan')

    await run(database.db, `update tenantry_event_stream set due_at = '2026-01-01' where account_id = 'a7'`)
    const [, pending] = await plansOf(
      () => store.claimEvents({ lease: 'a', at, leaseEndsAt, limit: 5 }),
      ['a', leaseEndsAt, at, 1],
      ['a7', 'pending', 5],
    )
    expect(pending).toContain('tenantry_event_pending')

    const dead = { accountId: null, status: 'dead', before: null, limit: 5 } as const
    const [list] = await plansOf(() => store.listEvents(dead), ['dead', 5])
    expect(list).toContain('tenantry_event_dead')
  })
})
