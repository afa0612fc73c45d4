import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { createTenantry, type RunDueResult, type Tenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { plans } from '../shared/plans.js'

/** Tenantry in a process that serves no requests. */
export interface Worker {
  readonly url: string
  readonly tenantry: Tenantry
  readonly close: () => Promise<void>
}

/** Opens the database of `DATABASE_URL`, which the servers have migrated. */
export function openWorker(): Worker {
  const url = process.env['DATABASE_URL']
  if (url === undefined || url === '') throw new Error('Set DATABASE_URL to the database of the servers.')
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  const onLost = (error: Error): void => console.error(`A connection was lost: ${error.message}`)
  pool.on('error', onLost).on('connect', (client) => client.on('error', onLost))
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  const tenantry: Tenantry = createTenantry({ store: kyselyStore(db, { pool }), plans })
  return { url, tenantry, close: () => db.destroy() }
}

/** Says what a run has done, if it has done anything. */
export function report({ failures, isLimited: _, ...done }: RunDueResult): void {
  const counts = Object.entries(done).filter(([, count]) => count > 0)
  if (counts.length > 0) console.log(`Done: ${counts.map(([what, count]) => `${count} ${what}`).join(', ')}.`)
  for (const { accountId, message } of failures) console.error(`${accountId} was left as it is: ${message}`)
}
