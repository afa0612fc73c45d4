import { Kysely } from 'kysely'
import { newDb } from 'pg-mem'
import { kyselyStore, migrate } from 'tenantry/kysely'
import { pgMemDialect, storeContract } from 'tenantry/testing'
import { describe, it } from 'vitest'

async function makeStore() {
  const db = new Kysely({ dialect: pgMemDialect(newDb()) })
  await migrate(db)
  return kyselyStore(db)
}

describe('the store on pg-mem keeps its promises', () => {
  for (const { name, run } of storeContract(makeStore)) it(name, run)
})
