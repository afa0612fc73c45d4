import { CompiledQuery } from 'kysely'
import type { Connection } from './connection.js'
import { hexadecimal } from './rows/values.js'
import type { TenantryTables } from './tables.js'

type TableName = keyof TenantryTables & string
type PlainRow = Readonly<Record<string, unknown>>

/** Statements for many rows at once, for a full Postgres: the rows travel as one JSON text, whose types are those of the table. */
export interface SetWriter {
  insert(table: TableName, rows: readonly PlainRow[]): Promise<void>
  /** Inserts rows, or gives those of the same `key` the new content. */
  upsert(table: TableName, key: string, rows: readonly PlainRow[]): Promise<void>
  /** Sets `columns` of the rows that have the same `keys`. Answers how many there were. */
  update(table: TableName, columns: { keys: readonly string[]; set: readonly string[] }, rows: readonly PlainRow[]): Promise<number>
}

/** Columns whose values are JSON themselves. Rows have them as text, for a driver; within JSON they must be what the text says. */
const jsonColumns: readonly string[] = ['metadata', 'parts', 'data']

/** The statements of a connection. Where there are no rows, none is sent. */
export function setWriter({ execute, tableName }: Connection): SetWriter {
  const source = (table: TableName): string => `json_populate_recordset(null::${tableName(table)}, $1::json)`
  const send = <Row>(sql: string, rows: readonly PlainRow[]): Promise<readonly Row[]> =>
    execute(CompiledQuery.raw(sql, [recordsJson(rows)]) as CompiledQuery<Row>)
  return {
    async insert(table, rows) {
      if (rows.length > 0) await send(`insert into ${tableName(table)} select * from ${source(table)}`, rows)
    },
    async upsert(table, key, rows) {
      const [first] = rows
      if (first === undefined) return
      const set = Object.keys(first).map((column) => `${column} = excluded.${column}`)
      await send(
        `insert into ${tableName(table)} select * from ${source(table)} on conflict (${key}) do update set ${set.join(', ')}`,
        rows,
      )
    },
    async update(table, { keys, set }, rows) {
      if (rows.length === 0) return 0
      const assignments = set.map((column) => `${column} = change.${column}`).join(', ')
      const match = keys.map((column) => `target.${column} = change.${column}`).join(' and ')
      const sql = `update ${tableName(table)} target set ${assignments} from ${source(table)} change where ${match} returning 1 as one`
      return (await send(sql, rows)).length
    },
  }
}

/** Rows as JSON from which Postgres makes records. */
export const recordsJson = (rows: readonly object[]): string => JSON.stringify(rows.map(toRecord))

function toRecord(row: object): PlainRow {
  const fields = Object.entries(row).map(([column, value]: [string, unknown]) => [column, fieldOf(column, value)])
  return Object.fromEntries(fields)
}

function fieldOf(column: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return `\\x${hexadecimal(value)}`
  return typeof value === 'string' && jsonColumns.includes(column) ? JSON.parse(value) : value
}
