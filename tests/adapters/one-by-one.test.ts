import { PGlite } from '@electric-sql/pglite'
import { type Dialect, Kysely } from 'kysely'
import { newDb } from 'pg-mem'
import { kyselyStore, migrate, type TenantryTables } from 'tenantry/kysely'
import { pgliteDialect } from 'tenantry/pglite'
import { pgMemDialect, samples } from 'tenantry/testing'
import { describe, expect, it } from 'vitest'
import { addAccount } from '../../src/testing/store-contract/world.js'

const engines: [string, () => Dialect][] = [
  ['PGlite', () => pgliteDialect(new PGlite())],
  ['pg-mem', () => pgMemDialect(newDb())],
]

describe.each(engines)('an engine inside the process, %s,', (_, createDialect) => {
  it('spends one by one, because its statements wait for one another anyway', async () => {
    const log: string[] = []
    const db = new Kysely<TenantryTables>({ dialect: createDialect(), log: ({ query }) => void log.push(query.sql) })
    await migrate(db)
    const store = kyselyStore(db, { coalesce: true })
    await addAccount(store, { grants: [samples.grant()] })
    log.splice(0)
    const spends = ['a', 'b', 'c'].map((id) => store.spendCredits(samples.spend({ id, amount: 10 })))
    expect((await Promise.all(spends)).map((outcome) => outcome?.entry.balanceAfter)).toEqual([90, 80, 70])
    expect(log).toHaveLength(3)
    await db.destroy()
  })
})
