import { createTenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { manualClock, plainHasher } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { isOfHashes } from '../support/books/tampering.js'
import { openDatabase, run, type TestDatabase } from '../support/kysely.js'

const serverUrl = inject('postgresUrl')
const lots = 4200

// A statement takes 65,535 parameters at most. What an account has gathered must not make it unusable.
describe.skipIf(serverUrl === null)('an account of which thousands of lots expire at once', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openDatabase(serverUrl ?? '')
  })
  afterAll(() => database.close())

  it('goes on', async () => {
    const clock = manualClock('2026-03-01T00:00:00.000Z')
    const tenantry = createTenantry({ store: kyselyStore(database.db), clock, passwords: plainHasher() })
    await tenantry.createFreeTrialPlan()
    const { account } = await tenantry.registerTrial({ email: 'ada@example.com' })
    const ids = { accountId: account.id }
    await run(
      database.db,
      `with entry as (
        insert into tenantry_credit_entry (account_id, sequence, id, type, amount, balance_after, description, idempotency_key, metadata, hash, created_at)
        select $1, 1 + n, 'lot-' || n, 'promotion', 1, 2000 + n, '', 'key-' || n, '{}', '', '2026-03-01' from generate_series(1, $2::int) n
        returning id
      ), head as (
        update tenantry_account set credits = 2000 + $2::int, entry_sequence = 1 + $2::int, settles_at = '2026-03-02' where id = $1
      )
      insert into tenantry_credit_lot (account_id, id, type, granted, remaining, reserved, priority, expires_at, created_at)
      select $1, id, 'promotion', 1, 1, 0, 0, '2026-03-02', '2026-03-01' from entry`,
      account.id,
      lots,
    )
    clock.advance({ days: 2 })
    expect(await tenantry.spendCredits({ ...ids, amount: 1, idempotencyKey: 'a', operation: 'o' })).toMatchObject({ balance: 1999 })
    const { entries, problems } = await tenantry.verifyBooks(ids)
    expect(entries).toBe(2 * lots + 2)
    // Lots that were put there by hand have entries without hashes; nothing else may be wrong.
    expect(problems.filter((problem) => !isOfHashes(problem))).toEqual([])
  })
})
