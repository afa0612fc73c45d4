import { Kysely } from 'kysely'
import { newDb } from 'pg-mem'
import { kyselyStore, migrate } from 'tenantry/kysely'
import { pgMemDialect, storeContract } from 'tenantry/testing'
import { afterEach, beforeAll, describe, it } from 'vitest'

const mem = newDb()
const db = new Kysely({ dialect: pgMemDialect(mem) })
let empty: ReturnType<typeof mem.backup>

beforeAll(async () => {
  await migrate(db)
  empty = mem.backup()
})
afterEach(() => empty.restore())

describe('the store on pg-mem keeps its promises', () => {
  for (const { name, run } of storeContract(() => kyselyStore(db))) it(name, run)
})

describe('the store inside a transaction on pg-mem keeps its promises', () => {
  let end = async (): Promise<void> => undefined
  afterEach(() => end())

  async function makeStore() {
    const trx = await db.startTransaction().execute()
    end = async () => void (await trx.rollback().execute())
    return kyselyStore(trx)
  }
  for (const { name, run } of storeContract(makeStore)) it(name, run)
})
