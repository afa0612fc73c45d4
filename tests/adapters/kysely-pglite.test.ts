import { PGlite } from '@electric-sql/pglite'
import { Kysely } from 'kysely'
import { kyselyStore, migrate } from 'tenantry/kysely'
import { pgliteDialect } from 'tenantry/pglite'
import { storeContract } from 'tenantry/testing'
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest'
import { type Database, emptyTables } from '../support/kysely.js'

const db: Database = new Kysely({ dialect: pgliteDialect(new PGlite()) })

beforeAll(async () => {
  await migrate(db)
})
afterAll(() => db.destroy())

describe('the store on PGlite keeps its promises', () => {
  afterEach(() => emptyTables(db))
  for (const { name, run } of storeContract(() => kyselyStore(db))) it(name, run)
})

describe('the store inside a transaction on PGlite keeps its promises', () => {
  let end = async (): Promise<void> => undefined
  afterEach(() => end())

  async function makeStore() {
    const trx = await db.startTransaction().execute()
    end = async () => void (await trx.rollback().execute())
    return kyselyStore(trx)
  }
  for (const { name, run } of storeContract(makeStore)) it(name, run)
})
