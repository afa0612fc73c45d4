import { PGlite } from '@electric-sql/pglite'
import fc from 'fast-check'
import { Kysely } from 'kysely'
import { kyselyStore, migrate } from 'tenantry/kysely'
import { pgliteDialect } from 'tenantry/pglite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  answerTo,
  type BadCall,
  badCalls,
  type FuzzedName,
  foreignWording,
  fuzzedNames,
  kindsOf,
  mayRefuse,
  spoilt,
} from '../support/bad-calls.js'
import { type Database, run } from '../support/kysely.js'
import { makeWorld, type World } from '../support/operation-cases.js'

/** Bad calls of each operation, of any kind and at the edge of what is right; TENANTRY_FUZZ_RUNS makes more of them. */
const runs = Math.ceil(Number(process.env['TENANTRY_FUZZ_RUNS'] ?? 420) / 60)
const seed = 20_260_101

const db: Database = new Kysely({ dialect: pgliteDialect(new PGlite()) })
const makeWorldOnPostgres = (): Promise<World> => makeWorld(() => kyselyStore(db))

/** What all tables hold, in short. */
async function contents(): Promise<unknown> {
  const tables = await run<{ name: string }>(db, `select tablename as name from pg_tables where tablename like 'tenantry\\_%' order by 1`)
  const each = tables.map(({ name }) => `select '${name}' as name, count(*), md5(string_agg(t::text, ',' order by t::text)) from ${name} t`)
  return run(db, each.join(' union all '))
}

beforeAll(async () => {
  await migrate(db)
})
afterAll(() => db.destroy())

describe('on Postgres, input that the schemas refuse or let pass', () => {
  it.each(fuzzedNames)('breaks no statement of %s', { timeout: 120_000 }, async (name: FuzzedName) => {
    const world = await makeWorldOnPostgres()
    let before = await contents()
    const makeBadCall = async (call: BadCall): Promise<void> => {
      const { refusal, wording } = await answerTo(name, spoilt(name, call, world), world)
      const after = await contents()
      expect(refusal).toSatisfy((code: typeof refusal) => code === null || mayRefuse(name, code))
      expect(wording).not.toMatch(foreignWording)
      if (refusal !== null) expect(after).toEqual(before)
      before = after
    }
    const kind = fc.constantFrom(...kindsOf(name, world))
    await fc.assert(fc.asyncProperty(kind.chain(badCalls), makeBadCall), { seed, numRuns: runs })
    await fc.assert(fc.asyncProperty(badCalls('a value at the edge'), makeBadCall), { seed, numRuns: 2 * runs })
  })
})
