import { TenantryError } from '../../errors.js'
import type { HostDatabase } from './home.js'
import { applyMigration, createNotes, knownMigration, migrationHome, migrationsFor, readApplied, undoMigration } from './migration-steps.js'
import type { Migration } from './migrations/migration.js'

/** How {@link migrate} and {@link rollback} go about it. */
export interface MigrationOptions {
  /** Only answer what would be done. */
  readonly dryRun?: boolean | undefined
  /** Is told the name of each migration when it has been done. */
  readonly onProgress?: ((migration: string) => void) | undefined
}

/** Which migrations the database has, and which it lacks, in the order in which they are applied. */
export interface MigrationStatus {
  readonly applied: readonly string[]
  readonly pending: readonly string[]
}

/**
 * Brings the tables of tenantry up to this version, and answers the names of the migrations that it applied: none when there was nothing
 * to do. Any number of processes may call it at once; each migration is applied once, in a transaction of its own.
 *
 * The tables go where `db` looks for them: `db.withSchema('x')` keeps them in schema `x`, which must exist and in which the role must be
 * allowed to create tables. It needs no other right. It waits at most 5 seconds for a table that others use and 10 minutes for another
 * process that is migrating; then it throws `conflict`, and may be called again.
 *
 * @throws TenantryError `conflict`, `store_unavailable`, `outcome_unknown`
 */
export async function migrate(db: HostDatabase, options: MigrationOptions = {}): Promise<readonly string[]> {
  const home = migrationHome(db)
  const applied = await readApplied(home)
  if (applied === null && !options.dryRun) await createNotes(home)
  const pending = migrationsFor(home).filter(({ name }) => !applied?.includes(name))
  return inOrder(pending, options, (migration) => applyMigration(home, migration))
}

/**
 * Undoes the newest migrations, `steps` of them (1 when left out, `Infinity` for all), and answers their names, newest first.
 *
 * A table that holds rows is dropped only with `force`, and what it holds is lost. `dryRun` tells beforehand what would be undone.
 *
 * @throws TenantryError `invalid_input`, `conflict`, `store_unavailable`, `outcome_unknown`
 */
export async function rollback(
  db: HostDatabase,
  {
    steps = 1,
    force = false,
    ...options
  }: MigrationOptions & { readonly steps?: number | undefined; readonly force?: boolean | undefined } = {},
): Promise<readonly string[]> {
  if (!(steps >= 1)) throw new TenantryError('invalid_input', { issues: [{ path: 'steps', message: 'undo at least 1 migration' }] })
  const home = migrationHome(db)
  const applied = (await readApplied(home)) ?? []
  const newest = applied.toReversed().slice(0, steps).map(knownMigration)
  return inOrder(newest, options, (migration) => undoMigration(home, migration, force))
}

/** What the database has and what it lacks. Changes nothing. */
export async function migrationStatus(db: HostDatabase): Promise<MigrationStatus> {
  const home = migrationHome(db)
  const applied = (await readApplied(home)) ?? []
  const names = migrationsFor(home).map(({ name }) => name)
  return { applied, pending: names.filter((name) => !applied.includes(name)) }
}

/** One after the other; answers the names of those for which `step` did something, or, in a dry run, might. */
async function inOrder(
  steps: readonly Migration[],
  { dryRun = false, onProgress }: MigrationOptions,
  step: (migration: Migration) => Promise<boolean>,
): Promise<readonly string[]> {
  const done: string[] = []
  for (const migration of steps) {
    if (!dryRun && !(await step(migration))) continue
    done.push(migration.name)
    if (!dryRun) onProgress?.(migration.name)
  }
  return done
}
