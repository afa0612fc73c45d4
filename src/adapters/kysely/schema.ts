import type { Kysely } from 'kysely'
import type { TenantryTables } from './tables.js'

/**
 * The schema in which the host's Kysely looks for our tables: `'x'` after `db.withSchema('x')`, however its plugins spell it, or `null`
 * when it leaves that to the `search_path`.
 */
export function schemaOf(db: Kysely<TenantryTables>): string | null {
  const { sql } = db.selectFrom('tenantry_account').select('id').compile()
  const quoted = /\bfrom "((?:[^"]|"")+)"\."tenantry_account"/i.exec(sql)?.[1]
  return quoted?.replaceAll('""', '"') ?? null
}

/** A name as SQL writes it. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** How a statement writes the name of one of our tables or functions, with its schema where the store has one. */
export type TableName = (table: keyof TenantryTables | 'tenantry_chain_hash' | 'tenantry_throttle_take') => string

/** The names of the tables of a store. */
export const tableNames = (schema: string | null): TableName => {
  const prefix = schema === null ? '' : `${identifier(schema)}.`
  return (table) => `${prefix}${identifier(table)}`
}
