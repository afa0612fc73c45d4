import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { kyselyStore } from 'tenantry/kysely'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { openDatabase, type TestDatabase } from '../support/kysely.js'
import { type Failpoint, moments } from './failpoint.js'
import { faultsOf, openAccounts, openTenantry, stepsFor } from './load.js'
import type { Orders } from './worker.js'

const serverUrl = inject('postgresUrl')
const root = fileURLToPath(new URL('../..', import.meta.url))

/** Five at least: each moment once, and one at no moment in particular. */
const runs = Math.max(5, Number(process.env['TENANTRY_CRASH_RUNS'] ?? 5))
const count = 90

interface Death {
  readonly name: string
  readonly failpoint: Failpoint | null
  /** Where there is no failpoint: killed when so much has been acknowledged. */
  readonly acks: number
}

const deaths = Array.from({ length: runs }, (_, run): Death => {
  const moment = moments[run % 5]
  const nth = 7 + ((run * 11) % 40)
  if (moment === undefined) return { name: `at the acknowledgement ${nth}`, failpoint: null, acks: nth }
  return { name: `${moment}, the time ${nth}`, failpoint: { moment, nth }, acks: Number.POSITIVE_INFINITY }
})

describe.skipIf(serverUrl === null)('a process that is killed', () => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await openDatabase(serverUrl ?? '')
  })
  afterEach(() => database.close())

  it.each(deaths)('$name has lost nothing that it acknowledged, and done nothing twice', async ({ failpoint, acks }) => {
    const tenantry = openTenantry(kyselyStore(database.db))
    const accountIds = await openAccounts(tenantry, 3)
    // However late the kill comes, the process has not done everything: of the steps some thirty are never begun.
    const waitsAt = failpoint === null ? acks + 10 : null
    const orders = { url: database.url, accountIds, count, done: [], failpoint, waitsAt }

    const first = await runWorker(orders, acks)
    expect(first.signal).toBe('SIGKILL')
    expect(first.intents).toBeGreaterThan(first.acknowledged.size)
    const second = await runWorker(
      { ...orders, failpoint: null, waitsAt: null, done: [...first.acknowledged.keys()] },
      Number.POSITIVE_INFINITY,
    )
    expect(second.exitCode).toBe(0)

    const acknowledged = new Map([...first.acknowledged, ...second.acknowledged])
    expect(acknowledged.size).toBe(count)
    expect(await faultsOf(tenantry, stepsFor(accountIds, count), acknowledged)).toEqual([])
  })
})

/** Runs a process of its own until it ends, or until it is killed at so many acknowledgements. */
async function runWorker(orders: Orders, killAt: number) {
  const worker: ChildProcess = spawn(process.execPath, ['--import', 'tsx', 'tests/crash/worker.ts', JSON.stringify(orders)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(worker, 'close')
  const acknowledged = new Map<number, readonly string[]>()
  let intents = 0
  if (worker.stdout === null) throw new Error('the worker has an output')
  for await (const line of createInterface({ input: worker.stdout })) {
    const [word, number, ids]: [string, number, string[]] = JSON.parse(line)
    if (word === 'intent') intents += 1
    else acknowledged.set(number, ids)
    if (acknowledged.size === killAt) worker.kill('SIGKILL')
  }
  const [exitCode, signal] = await ended
  return { exitCode, signal, intents, acknowledged }
}
