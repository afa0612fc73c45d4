import { Kysely, PostgresDialect } from 'kysely'
import { kyselyStore } from 'tenantry/kysely'
import { createPool } from '../support/postgres.js'
import { confirmRequested } from './confirmations.js'
import { armed, type Failpoint } from './failpoint.js'
import { openTenantry } from './load.js'

/** What the process is told that is to be killed while it confirms a transfer. */
export interface ConfirmOrders {
  readonly url: string
  readonly paymentId: string
  readonly failpoint: Failpoint
}

const orders: ConfirmOrders = JSON.parse(process.argv[2] ?? '')
const pool = createPool(orders.url, 1)
armed(pool, orders.failpoint)
await confirmRequested(openTenantry(kyselyStore(new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }))), orders.paymentId)
await pool.end()
