import { createTenantry, freeTrialPlan } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { plainHasher } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openDatabase, run, type TestDatabase } from '../support/kysely.js'

const serverUrl = inject('postgresUrl')
const spends = 60

describe.skipIf(serverUrl === null)('a spend on a real server', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openDatabase(serverUrl ?? '', { max: 1 })
  })
  afterAll(() => database.close())

  it('changes nothing that any index of the accounts holds, their next date included', async () => {
    const { db } = database
    const tenantry = createTenantry({ store: kyselyStore(db), plans: { 'free-trial': freeTrialPlan }, passwords: plainHasher() })
    await tenantry.syncPlans()
    const { account } = await tenantry.registerTrial({ email: 'ada@example.com' })
    const updates = async () => {
      await run(db, 'select pg_stat_force_next_flush()')
      const sql = "select n_tup_upd::int as all, n_tup_hot_upd::int as hot from pg_stat_user_tables where relname = 'tenantry_account'"
      return (await run<{ all: number; hot: number }>(db, sql))[0] ?? { all: 0, hot: 0 }
    }
    const before = await updates()
    for (let n = 0; n < spends; n++) {
      await tenantry.spendCredits({ accountId: account.id, amount: 1, idempotencyKey: `${n}`, operation: 'o' })
    }
    const after = await updates()
    expect(after.all - before.all).toBe(spends)
    // Once in a while a version of the row does not fit its page any more; with an index on what a spend changes it would be none of them.
    expect(after.hot - before.hot).toBeGreaterThan(0.9 * spends)
  })
})
