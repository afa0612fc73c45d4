import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, PostgresDialect } from 'kysely'
import type { AnyTenantryEvent } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { manualClock } from 'tenantry/testing'
import { dice } from '../support/dice.js'
import { createPool } from '../support/postgres.js'
import { openTenantry } from './house.js'

/** What a worker says, a line each. */
export type Said =
  | { readonly said: 'begins' }
  | { readonly said: 'has run'; readonly accounts: number; readonly failures: readonly string[] }
  | { readonly said: 'delivered'; readonly accountId: string; readonly sequence: number; readonly id: string }

/** How many accounts a run takes, so that the others get some too. */
const share = 10

// Written at once, so that nothing that was said is lost with the process.
const say = (said: Said): number => writeSync(1, `${JSON.stringify(said)}\n`)

const clock = manualClock()
let wake = new AbortController()
let isTold = false
// The parent moves the clock. Without a parent there is no work.
process.on('message', (moment: string) => {
  clock.set(moment)
  isTold = true
  wake.abort()
})
process.on('disconnect', () => process.exit())

const pool = createPool(process.argv[2] ?? '', 3)
const tenantry = openTenantry(kyselyStore(new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })), clock)
const chance = dice(process.pid)

for (;;) {
  wake = new AbortController()
  if (isTold && (await work())) continue
  // Until the clock is moved, or a customer has made something due.
  await sleep(30, null, { signal: wake.signal }).catch(() => {})
}

/** Was there anything to do? */
async function work(): Promise<boolean> {
  say({ said: 'begins' })
  const { accounts, failures } = await tenantry.runDue({ limit: share })
  say({ said: 'has run', accounts, failures: failures.map(({ accountId, message }) => `${accountId}: ${message}`) })
  const { delivered } = await tenantry.deliverEvents(receive, { concurrency: 2 })
  return accounts + delivered > 0
}

function receive({ accountId, sequence, id }: AnyTenantryEvent): void {
  if (chance.upTo(40) === 0) throw new Error('the receiver was not there')
  say({ said: 'delivered', accountId, sequence, id })
}
