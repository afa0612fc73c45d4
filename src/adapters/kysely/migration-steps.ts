import { CompiledQuery, sql } from 'kysely'
import { isTenantryError, TenantryError } from '../../errors.js'
import { type Connection, type Home, pooledConnection } from './connection.js'
import { causeState, isUnreachable } from './errors.js'
import { type HostDatabase, homeOf } from './home.js'
import { migrations } from './migrations/index.js'
import type { Migration } from './migrations/migration.js'
import { identifier } from './schema.js'
import { inTransaction } from './transaction.js'

/** Where the tables are to be. */
export function migrationHome(db: HostDatabase): Home {
  if (db.isTransaction) throw new TypeError('Migrations need a Kysely that is no transaction: each one has its own.')
  const home = homeOf(db)
  if (home.schema !== null && !home.isFullPostgres) throw new TypeError('pg-mem keeps the tables of tenantry in its public schema only.')
  return home
}

/** The migrations that this database can have. */
export const migrationsFor = (home: Home): readonly Migration[] =>
  migrations.filter(({ fullPostgresOnly }) => !fullPostgresOnly || home.isFullPostgres)

/** The names of the migrations that have been applied, oldest first; `null` before the first one ever. */
export async function readApplied(home: Home): Promise<readonly string[] | null> {
  try {
    return await appliedNames(pooledConnection(home, 'migrate', false))
  } catch (error) {
    if (causeState(error) === '42P01') return null
    throw explained(error, 'migrate')
  }
}

async function appliedNames({ build, execute }: Connection): Promise<readonly string[]> {
  const rows = await execute(build.selectFrom('tenantry_migration').select('name').orderBy('name'))
  return rows.map(({ name }) => name)
}

/** The migration of this name, if this version has it. */
export function knownMigration(name: string): Migration {
  const known = migrations.find((migration) => migration.name === name)
  if (known !== undefined) return known
  const message = `The migration "${name}" belongs to another version of tenantry. Roll it back with that version.`
  throw new TenantryError('store_unavailable', { operation: 'rollback' }, { message })
}

/** Makes the table of the notes. Another process may have been first. */
export async function createNotes(home: Home): Promise<void> {
  const table = 'create table if not exists tenantry_migration (name text collate "C" primary key, applied_at timestamptz not null)'
  await whileOthersWait(home, 'migrate', ({ execute }) => execute(CompiledQuery.raw(table)))
}

/** Applies a migration together with the note that it is applied. `false` when another process was first. */
export function applyMigration(home: Home, migration: Migration): Promise<boolean> {
  return whileOthersWait(home, 'migrate', async (connection) => {
    if ((await appliedNames(connection)).includes(migration.name)) return false
    await runAll(connection, migration.up)
    const note = { name: migration.name, applied_at: sql<Date>`current_timestamp` }
    await connection.execute(connection.build.insertInto('tenantry_migration').values(note))
    return true
  })
}

/** Undoes a migration together with the note; with the last one the notes go too. `false` when another process was first. */
export function undoMigration(home: Home, migration: Migration, force: boolean): Promise<boolean> {
  return whileOthersWait(home, 'rollback', async (connection) => {
    const applied = await appliedNames(connection)
    if (!applied.includes(migration.name)) return false
    if (!force && !migration.forgettable) await requireEmpty(home, connection, migration)
    await runAll(connection, migration.down)
    await connection.execute(connection.build.deleteFrom('tenantry_migration').where('name', '=', migration.name))
    if (applied.length === 1) await runAll(connection, ['drop table tenantry_migration'])
    return true
  })
}

/** Refuses to drop a table that holds rows. It is locked first, so that none comes in between. */
async function requireEmpty(home: Home, { execute }: Connection, { down }: Migration): Promise<void> {
  const tables = down.flatMap((statement) => /^drop table (\w+)$/.exec(statement)?.[1] ?? [])
  for (const table of tables) {
    if (home.isFullPostgres) await execute(CompiledQuery.raw(`lock table ${table} in access exclusive mode`))
    if ((await execute(CompiledQuery.raw(`select 1 from ${table} limit 1`))).length > 0) throw holdsRows(table)
  }
}

const holdsRows = (table: string): TenantryError<'invalid_input'> =>
  new TenantryError('invalid_input', { issues: [{ path: 'force', message: `must be set to lose what the table ${table} holds` }] })

async function runAll({ execute }: Connection, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await execute(CompiledQuery.raw(statement))
}

/** Runs one step in a transaction of its own, in the right schema, while no other process does the same there. */
async function whileOthersWait<Result>(home: Home, operation: string, step: (connection: Connection) => Promise<Result>): Promise<Result> {
  try {
    return await inTransaction(home, operation, async (connect) => {
      const connection = connect(operation)
      if (home.isFullPostgres) await takeLock(home, connection)
      return step(connection)
    })
  } catch (error) {
    throw explained(error, operation)
  }
}

/**
 * Another process may take its time over a large table, but nobody may wait for long behind us: a change that waits for a lock holds up
 * all who come after it.
 */
async function takeLock({ schema }: Home, { execute }: Connection): Promise<void> {
  if (schema !== null) await execute(CompiledQuery.raw(`select set_config('search_path', $1, true)`, [identifier(schema)]))
  await execute(CompiledQuery.raw(`select set_config('lock_timeout', '10min', true), set_config('statement_timeout', '0', true)`))
  const lock = `select pg_advisory_xact_lock(hashtextextended('tenantry_migration ' || coalesce(current_schema(), ''), 0))`
  await execute(CompiledQuery.raw(lock))
  await execute(CompiledQuery.raw(`select set_config('lock_timeout', '5s', true)`))
}

const hints: Readonly<Record<string, string>> = {
  '3F000': 'The schema does not exist. Create it, and let the role create tables in it.',
  '42501': 'The role may not create or change tables in the schema. Let it, or migrate with the role that owns the schema.',
}

/** A migration that fails needs another advice than a question that finds no tables. */
function explained(error: unknown, operation: string): unknown {
  if (!isTenantryError(error, 'store_unavailable')) return error
  if (isUnreachable(error)) return error
  const hint = hints[causeState(error) ?? ''] ?? 'The cause has the words of the database.'
  return new TenantryError(
    'store_unavailable',
    { operation },
    { message: `The migration failed, and nothing of it remains. ${hint}`, cause: error.cause },
  )
}
