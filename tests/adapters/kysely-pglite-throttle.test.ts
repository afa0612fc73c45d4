import { PGlite } from '@electric-sql/pglite'
import { Kysely } from 'kysely'
import { kyselyThrottleStore, migrate } from 'tenantry/kysely'
import { memoryThrottleStore } from 'tenantry/memory'
import { pgliteDialect } from 'tenantry/pglite'
import { throttleStoreContract } from 'tenantry/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Database, emptyTables } from '../support/kysely.js'
import { answersInTurn, recordedCalls } from '../support/throttle-transcript.js'

const db: Database = new Kysely({ dialect: pgliteDialect(new PGlite()) })

beforeAll(async () => {
  await migrate(db)
})
afterEach(() => emptyTables(db))
afterAll(() => db.destroy())

describe('the throttle on PGlite keeps its promises', () => {
  for (const { name, run } of throttleStoreContract(() => kyselyThrottleStore(db))) it(name, run)

  it('and answers as the throttle in memory does', async () => {
    const calls = recordedCalls(5, 600)
    expect(await answersInTurn(kyselyThrottleStore(db), calls)).toEqual(await answersInTurn(memoryThrottleStore(), calls))
  })
})
