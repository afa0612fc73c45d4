import { openSync, writeSync } from 'node:fs'
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
  | { readonly said: 'begins' | 'rests' }
  | { readonly said: 'has run'; readonly accounts: number; readonly failures: readonly string[] }

/** What a worker is told. */
export interface Told {
  readonly now: string
  /** Nothing is run that is due; events are delivered all the same. */
  readonly rests: boolean
}

/** An event that was taken by the handler, a line each in a file that all workers share: so it is seen who was first. */
export type Delivery = Pick<AnyTenantryEvent, 'accountId' | 'sequence' | 'id'>

/** How many accounts a run takes, so that the others get some too. */
const share = 10

// Written at once, so that nothing that was said is lost with the process.
const say = (said: Said): number => writeSync(1, `${JSON.stringify(said)}\n`)

const clock = manualClock()
let wake = new AbortController()
let order: Told | null = null
// The parent moves the clock. Without a parent there is no work.
process.on('message', (told: Told) => {
  clock.set(told.now)
  order = told
  wake.abort()
})
process.on('disconnect', () => process.exit())

const [, , url = '', file = ''] = process.argv
const deliveries = openSync(file, 'a')
const pool = createPool(url, 3)
const tenantry = openTenantry(kyselyStore(new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })), clock)
const chance = dice(process.pid)

for (;;) {
  wake = new AbortController()
  if (order !== null && (await work(order))) continue
  // Until the clock is moved, or a customer has made something due.
  await sleep(30, null, { signal: wake.signal }).catch(() => {})
}

/** Was there anything to do? */
async function work({ rests }: Told): Promise<boolean> {
  const accounts = rests ? rest() : await runDue()
  const { delivered } = await tenantry.deliverEvents(receive, { concurrency: 2 })
  return accounts + delivered > 0
}

function rest(): number {
  say({ said: 'rests' })
  return 0
}

async function runDue(): Promise<number> {
  say({ said: 'begins' })
  const { accounts, failures } = await tenantry.runDue({ limit: share })
  say({ said: 'has run', accounts, failures: failures.map(({ accountId, message }) => `${accountId}: ${message}`) })
  return accounts
}

function receive({ accountId, sequence, id }: AnyTenantryEvent): void {
  if (chance.upTo(40) === 0) throw new Error('the receiver was not there')
  writeSync(deliveries, `${JSON.stringify({ accountId, sequence, id } satisfies Delivery)}\n`)
}
