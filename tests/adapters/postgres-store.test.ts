import { kyselyStore } from 'tenantry/kysely'
import { storeContract } from 'tenantry/testing'
import { afterAll, afterEach, beforeAll, describe, inject, it } from 'vitest'
import { emptyTables, openDatabase, type TestDatabase } from '../support/kysely.js'

const serverUrl = inject('postgresUrl')

describe.skipIf(serverUrl === null).each([10, 1])('the store on a server, with %s connections, keeps its promises', (max) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openDatabase(serverUrl ?? '', { max })
  })
  afterAll(() => database.close())
  afterEach(() => emptyTables(database.db))

  for (const { name, run } of storeContract(() => kyselyStore(database.db))) it(name, run)
})

describe.skipIf(serverUrl === null)('the store inside a transaction on a server keeps its promises', () => {
  let database: TestDatabase
  let end = async (): Promise<void> => undefined
  beforeAll(async () => {
    database = await openDatabase(serverUrl ?? '', { max: 1 })
  })
  afterAll(() => database.close())
  afterEach(() => end())

  async function makeStore() {
    const trx = await database.db.startTransaction().execute()
    end = async () => void (await trx.rollback().execute())
    return kyselyStore(trx)
  }
  for (const { name, run } of storeContract(makeStore)) it(name, run)
})
