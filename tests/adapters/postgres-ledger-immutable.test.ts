import { kyselyStore } from 'tenantry/kysely'
import { samples } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openDatabase, run, type TestDatabase } from '../support/kysely.js'
import { addAccountWith } from '../support/store.js'

const serverUrl = inject('postgresUrl')

describe.skipIf(serverUrl === null)('the ledger on a server', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openDatabase(serverUrl ?? '', { max: 2 })
    await addAccountWith(kyselyStore(database.db), 100)
    await kyselyStore(database.db).spendCredits(samples.spend())
  })
  afterAll(() => database.close())

  const attempts = [
    'update tenantry_credit_entry set amount = -1 where sequence = 2',
    `update tenantry_credit_entry set description = description`,
    'delete from tenantry_credit_entry where sequence = 2',
    'truncate tenantry_credit_entry cascade',
    'truncate tenantry_account cascade',
  ]
  it.each(attempts)('refuses %s', async (statement) => {
    await expect(run(database.db, statement)).rejects.toMatchObject({ code: '55000', message: expect.stringContaining('append-only') })
    const entries = await kyselyStore(database.db).listCreditEntries({ accountId: 'account-1', beforeSequence: null, limit: 5 })
    expect(entries.map(({ amount }) => amount)).toEqual([-10, 100])
  })

  it('does not let an account go that has entries', async () => {
    await expect(run(database.db, `delete from tenantry_account where id = 'account-1'`)).rejects.toMatchObject({ code: '23503' })
  })
})
