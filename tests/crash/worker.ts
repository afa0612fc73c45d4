import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, PostgresDialect } from 'kysely'
import { kyselyStore } from 'tenantry/kysely'
import { createPool } from '../support/postgres.js'
import { armed, type Failpoint } from './failpoint.js'
import { openTenantry, perform, runSteps, stepsFor } from './load.js'

/** What the process that is to be killed is told. */
export interface Orders {
  readonly url: string
  readonly accountIds: readonly string[]
  readonly count: number
  /** Steps that need not be done. */
  readonly done: readonly number[]
  readonly failpoint: Failpoint | null
  /** After so many acknowledgements nothing is done any more, for there the process is to be killed. */
  readonly waitsAt: number | null
}

const orders: Orders = JSON.parse(process.argv[2] ?? '')
const pool = createPool(orders.url, 6)
if (orders.failpoint !== null) armed(pool, orders.failpoint)
const tenantry = openTenantry(kyselyStore(new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }), { pool }))

// Written at once, so that nothing that was said is lost with the process.
const say = (...words: readonly unknown[]): number => writeSync(1, `${JSON.stringify(words)}\n`)

const steps = stepsFor(orders.accountIds, orders.count).filter(({ number }) => !orders.done.includes(number))
let acknowledged = 0
await runSteps(steps, 8, async (step) => {
  say('intent', step.number)
  if (acknowledged >= (orders.waitsAt ?? orders.count)) await sleep(2 ** 31 - 1)
  const ids = await perform(tenantry, step)
  acknowledged += 1
  say('ack', step.number, ids)
})
await pool.end()
