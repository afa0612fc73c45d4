import { type Clock, createTenantry, type Tenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { plainHasher } from 'tenantry/testing'
import { openDatabase, run } from '../support/kysely.js'
import { type Captured, captured, type Surroundings } from './captured.js'

/** A database of its own on the real server, the command line on it, and the library to set things up and to look at what came of them. */
export interface CliWorld {
  readonly url: string
  readonly tenantry: Tenantry
  /** Runs a command on the database. */
  readonly cli: (argv: readonly string[], surroundings?: Surroundings) => Promise<Captured>
  readonly query: <Row>(statement: string) => Promise<Row[]>
  /** Everything that all tables of ours hold, in whichever schema, and how the schema looks. */
  readonly dump: () => Promise<string>
  readonly close: () => Promise<void>
}

export async function openCliWorld(
  serverUrl: string,
  { migrated = true, ...clocks }: { migrated?: boolean; clock?: Clock } = {},
): Promise<CliWorld> {
  const database = await openDatabase(serverUrl, { max: 2, migrated })
  const query = <Row>(statement: string): Promise<Row[]> => run<Row>(database.db, statement)
  return {
    url: database.url,
    tenantry: createTenantry({ store: kyselyStore(database.db), passwords: plainHasher(), ...clocks }),
    cli: (argv, surroundings = {}) => captured(argv, { ...surroundings, env: { DATABASE_URL: database.url, ...surroundings.env } }),
    query,
    dump: () => dumpOf(query),
    close: () => database.close(),
  }
}

async function dumpOf(query: CliWorld['query']): Promise<string> {
  const objects = await query(
    `select n.nspname, c.relname, c.relkind, a.attname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
     where c.relname like 'tenantry%' order by 1, 2, 4`,
  )
  const tables = await query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where tablename like 'tenantry%' order by 1`,
  )
  const contents: unknown[] = []
  for (const { name } of tables) contents.push(name, await query(`select to_jsonb(t) as row from ${name} t order by to_jsonb(t)::text`))
  return JSON.stringify([objects, contents])
}
