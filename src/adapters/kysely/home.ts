import type { Kysely } from 'kysely'
import type { Home } from './connection.js'
import { hotStatements } from './hot-statements.js'
import { schemaOf, tableNames } from './schema.js'
import type { TenantryTables } from './tables.js'

/** Where the host keeps our tables, out of the reach of its plugins. */
export function homeOf<Database>(hostDb: Kysely<Database>): Home {
  const schema = schemaOf(hostDb)
  const db = hostDb.withoutPlugins() as unknown as Kysely<TenantryTables>
  return { db, schema, build: schema === null ? db : db.withSchema(schema), hot: hotStatements(tableNames(schema)) }
}
