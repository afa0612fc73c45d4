import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { memoryStore } from 'tenantry/memory'
import { manualClock } from 'tenantry/testing'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { dice } from '../support/dice.js'
import { openDatabase, run, type TestDatabase } from '../support/kysely.js'
import type { Customer } from './customer.js'
import { difference, dossierOf } from './dossier.js'
import { openTenantry } from './house.js'
import { liveYear, type Stage } from './live.js'
import { startWorkers, type Workers } from './workers.js'
import { planYear, type Tick } from './year.js'

const serverUrl = inject('postgresUrl')
const accounts = Number(process.env['TENANTRY_SIMULATION_ACCOUNTS'] ?? 40)
const seed = Number(process.env['TENANTRY_SIMULATION_SEED'] ?? 20_270_131)
const kills = 20 + Math.ceil(accounts / 10)
const workerCount = 3

describe.skipIf(serverUrl === null)(`a year of ${accounts} accounts (seed ${seed})`, () => {
  let database: TestDatabase
  let workers: Workers
  beforeEach(async () => {
    database = await openDatabase(serverUrl ?? '')
    // What is asked here is what the statements do, not whether the disk keeps it.
    await run(database.db, `alter database ${new URL(database.url).pathname.slice(1)} set synchronous_commit = off`)
    workers = startWorkers(database.url, workerCount)
  })
  afterEach(async () => {
    await workers.close()
    await database.close()
  })

  it('ends the same with three workers that are killed as with one that is not', { timeout: 120_000 + accounts * 6_000 }, async () => {
    const ticks = planYear({ seed, accounts })
    const [quiet, wild] = [await liveQuietly(ticks), await liveWildly(ticks, database, workers)]

    expect(workers.tally.faults).toEqual([])
    expect(workers.tally.kills).toBeGreaterThan(kills / 4)
    expect(workers.tally.killsWhileRunning).toBeGreaterThan(0)
    expect(workers.tally.accounts.filter((count) => count === 0)).toEqual([])
    for (const { tenantry, customers } of [quiet, wild]) {
      expect(await tenantry.verifyBooks()).toMatchObject({ ok: true, accounts: customers.length, problems: [] })
    }
    const differences: (object | null)[] = []
    for (const [who, customer] of quiet.customers.entries()) {
      const expected = await dossierOf(quiet.tenantry, quiet.store, customer)
      const found = await dossierOf(wild.tenantry, wild.store, wild.customers[who] as Customer)
      differences.push(difference(expected, found))
    }
    expect(differences.filter((one) => one !== null).slice(0, 3)).toEqual([])
    // The acts are chosen by chance: it must not happen that they leave out what is to be shown.
    const seen = await run<{ name: string }>(database.db, 'select distinct name from tenantry_event')
    expect(seen.map(({ name }) => name)).toEqual(expect.arrayContaining(expectedEvents))
    expect(await undelivered(database, workers)).toEqual([])
    expect(await run(database.db, receiptGaps)).toEqual([])
  })
})

/** One worker, the parent itself, over a store in memory. */
async function liveQuietly(ticks: readonly Tick[]): Promise<Lived> {
  const clock = manualClock()
  const store = memoryStore()
  const tenantry = openTenantry(store, clock)
  await tenantry.syncPlans()
  const live = async ({ isSilent }: Tick): Promise<void> => {
    if (isSilent) return
    const { failures } = await tenantry.runDue()
    if (failures.length > 0) throw new Error(`failures: ${JSON.stringify(failures)}`)
  }
  const begin = async (tick: Tick): Promise<ReadonlySet<string>> => {
    await live(tick)
    return new Set()
  }
  return { tenantry, store, customers: await liveYear(ticks, { tenantry, clock, atOnce: 1, begin, finish: live }) }
}

interface Lived {
  readonly tenantry: ReturnType<typeof openTenantry>
  readonly store: Store
  readonly customers: readonly Customer[]
}

/** Three workers on a real server, of which one is killed now and then, while the customers do what they do. */
async function liveWildly(ticks: readonly Tick[], { db }: TestDatabase, workers: Workers): Promise<Lived> {
  const clock = manualClock()
  const store = kyselyStore(db)
  const tenantry = openTenantry(store, clock)
  await tenantry.syncPlans()
  const chance = dice(seed + 1)
  const stage: Stage = {
    tenantry,
    clock,
    atOnce: 6,
    async begin({ at, isSilent }) {
      if (isSilent) {
        await workers.rest(at)
        return new Set()
      }
      const due = await dueAccounts(db, at)
      if (due.size > 0 && chance.upTo(ticks.length) < kills) workers.kill(chance.upTo(workerCount), Math.max(0, chance.upTo(12) - 4))
      workers.tell(at)
      return due
    },
    async finish({ at, isSilent }) {
      const patience = performance.now() + 60_000
      while (!isSilent && (await dueAccounts(db, at)).size > 0) {
        const { faults } = workers.tally
        if (faults.length > 0 || performance.now() > patience) throw new Error(`what is due is not done: ${faults.join('; ')}`)
        await sleep(10)
      }
    },
  }
  const customers = await liveYear(ticks, stage)
  await allDelivered(db, workers, clock())
  return { tenantry, store, customers }
}

async function dueAccounts(db: TestDatabase['db'], at: Date): Promise<Set<string>> {
  const rows = await run<{ id: string }>(db, 'select id from tenantry_account where next_due_at <= $1', at)
  return new Set(rows.map(({ id }) => id))
}

/** What failed on the last day is tried again, hour by hour, with no other job. What is left after a hundred hours is not going to be delivered. */
async function allDelivered(db: TestDatabase['db'], workers: Workers, end: Date): Promise<void> {
  for (let hours = 1; hours <= 100; hours++) {
    if ((await run(db, 'select 1 from tenantry_event where delivered_at is null limit 1')).length === 0) return
    await workers.rest(new Date(end.getTime() + hours * 3_600_000))
    await sleep(100)
  }
}

/** Events that were not delivered, or not as they are in the outbox, or out of order. */
async function undelivered({ db }: TestDatabase, workers: Workers): Promise<string[]> {
  const { events, faults } = workers.deliveries()
  const rows = await run<{ account_id: string; sequence: string; id: string }>(db, 'select account_id, sequence, id from tenantry_event')
  const count = [...events.values()].reduce((sum, own) => sum + own.size, 0)
  const missing = rows.filter((row) => events.get(row.account_id)?.get(Number(row.sequence)) !== row.id)
  const others = count === rows.length ? [] : [`${count} of ${rows.length}`]
  return [...faults, ...missing.map((row) => `event ${row.sequence} of ${row.account_id}`), ...others]
}

const expectedEvents = [
  'trial.ending',
  'trial.expired',
  'credits.granted',
  'credits.expired',
  'payment.requested',
  'payment.submitted',
  'payment.rejected',
  'payment.overdue',
  'payment.confirmed',
  'receipt.issued',
  'subscription.started',
  'subscription.renewed',
  'subscription.changed',
  'subscription.change_scheduled',
  'subscription.cancel_scheduled',
  'subscription.resumed',
  'subscription.canceled',
  'subscription.past_due',
  'account.suspended',
  'account.reinstated',
]

/** Receipts of a year are numbered from 1 on without a gap. */
const receiptGaps = `select split_part(number, '-', 2) as year, count(*)::int as receipts, max(split_part(number, '-', 3))::int as last
  from tenantry_receipt group by 1 having count(*) <> max(split_part(number, '-', 3)::int) or count(distinct number) <> count(*)`
