import { createRequire } from 'node:module'
import { type KyselyParts, singleConnectionAdapter, singleConnectionDialect } from '../adapters/pglite/single-connection.js'
import { type PgMemFunctions, teachBytes } from './pg-mem-functions.js'

/** What {@link pgMemDialect} needs of the database that pg-mem's `newDb()` makes. */
export interface PgMemLike {
  readonly public: PgMemFunctions & { query(sql: string): { rows: unknown[]; rowCount: number } }
  backup(): { restore(): void }
}

/**
 * A dialect for `new Kysely({ dialect })`. What its methods answer is Kysely's own affair: so this entry point compiles, and loads, for
 * those who have no Kysely.
 */
export interface PgMemDialect {
  createAdapter(): never
  createDriver(): never
  createIntrospector(db: never): never
  createQueryCompiler(): never
}

/**
 * A Kysely dialect for pg-mem, with what pg-mem's own one lacks: transactions that roll back, savepoints, the error codes of Postgres, and
 * a failed statement that ends its transaction.
 *
 * It proves that statements parse and that rows become the right values. It cannot show a race: it has one connection, and a lock does
 * nothing. Migrate before the first transaction, for pg-mem cannot undo a change of the schema. Call `newDb()` without options, so that
 * pg-mem refuses what it does not understand instead of ignoring it.
 *
 * @example
 * const db = new Kysely<TenantryTables>({ dialect: pgMemDialect(newDb()) })
 */
export function pgMemDialect(mem: PgMemLike): PgMemDialect {
  const kysely: KyselyParts = createRequire(import.meta.url)('kysely')
  const transaction = createTransaction(mem)
  teachBytes(mem.public)
  return singleConnectionDialect(
    kysely,
    {
      engine: mem,
      execute: async (sql, parameters) => transaction.control(sql) ?? transaction.run(() => query(mem, sql, parameters)),
      init: async () => undefined,
      destroy: async () => undefined,
    },
    pgMemAdapter(kysely),
  ) as PgMemDialect
}

/** Tells whoever asks that pg-mem is no server: it cannot undo a change of the schema, and has no advisory locks. */
const pgMemAdapter = (kysely: KyselyParts) =>
  class PgMemAdapter extends singleConnectionAdapter(kysely) {
    override get supportsTransactionalDdl(): boolean {
      return false
    }
    override async acquireMigrationLock(): Promise<void> {}
    override async releaseMigrationLock(): Promise<void> {}
  }

interface Answer {
  readonly rows: unknown[]
  readonly affectedRows: number
}

const nothing: Answer = { rows: [], affectedRows: 0 }

function query(mem: PgMemLike, sql: string, parameters: readonly unknown[]): Answer {
  try {
    const { rows, rowCount } = mem.public.query(inline(withoutLocks(sql), parameters))
    // pg-mem hands out its own rows.
    return { rows: rows.map((row) => structuredClone({ ...(row as object) })), affectedRows: rowCount }
  } catch (error) {
    throw withSqlState(error)
  }
}

const withoutLocks = (sql: string): string => sql.replace(/\s+for (?:(?:no )?key )?(?:update|share)\b(?:\s+(?:skip locked|nowait))?/gi, '')

interface RestorePoint {
  readonly name: string
  readonly backup: { restore(): void }
}

/** A statement of transaction control, without the words that say nothing. */
const control =
  /^\s*(?:start )?(?<step>begin|transaction|commit|rollback to|rollback|savepoint|release)\b(?: savepoint)?\s*(?:"(?<name>(?:[^"]|"")+)")?/i

/** Transactions and savepoints, made of pg-mem's restore points. */
function createTransaction(mem: PgMemLike) {
  const points: RestorePoint[] = []
  let failed = false
  const mark = (name: string): void => void points.push({ name, backup: mem.backup() })
  const end = (undo: boolean): void => {
    const [start] = points.splice(0)
    failed = false
    if (undo) start?.backup.restore()
  }
  const steps: Readonly<Record<string, (name: string) => void>> = {
    begin: () => mark(''),
    transaction: () => mark(''),
    commit: () => end(failed),
    rollback: () => end(true),
    savepoint: mark,
    'rollback to': (name) => {
      points.length = indexOf(points, name) + 1
      points.at(-1)?.backup.restore()
      failed = false
    },
    release: (name) => {
      points.length = indexOf(points, name)
    },
  }
  return {
    /** Does what a statement of transaction control says; `null` for any other statement. */
    control(sql: string): Answer | null {
      const { step = '', name = '' } = control.exec(sql)?.groups ?? {}
      const act = steps[step.toLowerCase()]
      act?.(name.replaceAll('""', '"'))
      return act === undefined ? null : nothing
    },
    /** Runs a statement; one that fails spoils the transaction, as on a server. */
    run(statement: () => Answer): Answer {
      if (failed) throw failure('25P02', 'current transaction is aborted')
      try {
        return statement()
      } catch (error) {
        failed = points.length > 0
        throw error
      }
    },
  }
}

/** Where the newest savepoint of this name is. The first point is the beginning of the transaction and has no name. */
function indexOf(points: readonly RestorePoint[], name: string): number {
  const index = points.findLastIndex((point) => point.name === name)
  if (index < 1) throw failure('3B001', `savepoint "${name}" does not exist`)
  return index
}

const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code })

/** Puts values in the place of `$1`, `$2`, …, but not inside quotes: pg-mem's own parameters do not work. */
function inline(sql: string, parameters: readonly unknown[]): string {
  return sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\d+)/g, (found, number?: string) =>
    number === undefined ? found : literal(parameters[Number(number) - 1]),
  )
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number' || typeof value === 'bigint') return value < 0 ? `(${value})` : String(value)
  if (value instanceof Uint8Array) return `decode('${Buffer.from(value).toString('hex')}', 'hex')`
  if (value instanceof Date) return `${quoted(value.toISOString())}::timestamptz`
  if (Array.isArray(value)) return value.length === 0 ? `'{}'` : `array[${value.map(literal).join(', ')}]`
  return typeof value === 'object' ? `${quoted(JSON.stringify(value))}::jsonb` : quoted(String(value))
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

const states: readonly (readonly [RegExp, string])[] = [
  [/violates unique constraint/, '23505'],
  [/check constraint "[^"]*" is violated/, '23514'],
  [/violates foreign key constraint/, '23503'],
  [/null value in column/, '23502'],
  [/relation "[^"]*" does not exist/, '42P01'],
]

/** Gives an error of pg-mem the SQLSTATE that a server would have sent with it; internal error where pg-mem itself gave up. */
function withSqlState(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const code = states.find(([pattern]) => pattern.test(error.message))?.[1] ?? 'XX000'
  return Object.assign(error, { code })
}
