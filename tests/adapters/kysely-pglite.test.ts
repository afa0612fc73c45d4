import { PGlite } from '@electric-sql/pglite'
import { Kysely } from 'kysely'
import { kyselyStore, migrate } from 'tenantry/kysely'
import { pgliteDialect } from 'tenantry/pglite'
import { storeContract } from 'tenantry/testing'
import { afterAll, describe, it } from 'vitest'

const db = new Kysely({ dialect: pgliteDialect(new PGlite()) })
let schemas = 0

/** A store in a schema of its own: a new PGlite for each case would take seconds. */
async function makeStore() {
  const schema = `case_${++schemas}`
  await db.schema.createSchema(schema).execute()
  const home = db.withSchema(schema)
  await migrate(home)
  return kyselyStore(home)
}

describe('the store on PGlite keeps its promises', () => {
  afterAll(() => db.destroy())
  for (const { name, run } of storeContract(makeStore)) it(name, run)
})
