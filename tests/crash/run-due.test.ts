import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, PostgresDialect } from 'kysely'
import { createTenantry, type Tenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { plainHasher } from 'tenantry/testing'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { admin, openWorld, plans, type World } from '../races/world.js'
import { createPool } from '../support/postgres.js'
import { mortal } from './failpoint.js'

const serverUrl = inject('postgresUrl')

/** What happens to each of the accounts of a scene, and nothing else. */
const expected: Readonly<Record<string, readonly string[]>> = {
  reminded: ['trial.ending'],
  expired: ['credits.expired', 'trial.expired'],
  renewed: ['credits.expired', 'credits.granted'],
  reserving: ['credits.expired', 'credits.granted'],
  indebted: ['credits.expired', 'subscription.past_due'],
  suspended: ['account.suspended', 'credits.expired', 'subscription.past_due'],
  leaving: ['credits.expired', 'subscription.canceled'],
}

describe.skipIf(serverUrl === null)('a worker that dies while it runs what is due', () => {
  let world: World
  beforeEach(async () => {
    world = await openWorld(serverUrl ?? '', 4)
  })
  afterEach(() => world.close())

  it('has done it or not, after whichever statement it dies; the next one does the rest', { timeout: 240_000 }, async () => {
    let statements = 0
    for (let nth = 1; statements === nth - 1; nth++) {
      const scene = await openScene(world, nth)
      const before = await world.query<{ id: string }>('select id from tenantry_event')
      const worker = openMortal(world, nth)
      const outcome = await worker.tenantry.runDue().then(
        ({ accounts }) => accounts,
        () => 'died',
      )
      await worker.close()
      statements = worker.sent()
      await untilGone(world)
      const { accounts, failures } = await world.tenantry.runDue()
      expect({ nth, outcome, failures }).toEqual({ nth, outcome: statements === nth ? 'died' : 7, failures: [] })
      expect(outcome === 'died' ? [0, 7] : [0]).toContain(accounts)
      for (const [name, accountId] of Object.entries(scene)) {
        expect({ nth, name, told: await eventsSince(world, accountId, before) }).toEqual({ nth, name, told: expected[name] })
        expect((await world.tenantry.verifyBooks({ accountId })).problems).toEqual([])
        await world.tenantry.cancelAccount({ accountId, reason: 'the scene is over' }, admin)
      }
    }
    expect(statements).toBeGreaterThan(12)
  })
})

const mortalName = 'mortal'

/** The server gives a dead worker's accounts free when it has noticed that it is dead. */
async function untilGone({ query }: World): Promise<void> {
  const sql = 'select 1 from pg_stat_activity where datname = current_database() and application_name = $1'
  while ((await query(sql, [mortalName])).length > 0) await sleep(5)
}

/** Tenantry in a worker that dies after so many statements. */
function openMortal({ url, clock }: World, nth: number): { tenantry: Tenantry; sent: () => number; close: () => Promise<void> } {
  const pool = createPool(`${url}?application_name=${mortalName}`, 1)
  const sent = mortal(pool, nth)
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  return { tenantry: createTenantry({ store: kyselyStore(db), plans, clock, passwords: plainHasher() }), sent, close: () => db.destroy() }
}

/** One account of each kind, all of them due now. The clock goes on by more than a month. */
async function openScene({ tenantry, clock, db }: World, number: number): Promise<Record<string, string>> {
  const signUp = async (name: string) => (await tenantry.registerTrial({ email: `${name}-${number}@example.com` })).account.id
  const pay = async (name: string, months: number) => {
    const accountId = await signUp(name)
    const amount = (29.99 * months).toFixed(2)
    await tenantry.confirmBankTransfer(
      { accountId, planSlug: 'starter', periodMonths: months, amount, externalPaymentId: accountId, payerName: 'Ada' },
      admin,
    )
    return accountId
  }
  const day = 86_400_000
  const start = clock().getTime()
  const suspended = await pay('suspended', 1)
  clock.set(new Date(start + 14 * day))
  const [renewed, reserving, indebted, leaving] = [
    await pay('renewed', 2),
    await pay('reserving', 2),
    await pay('indebted', 1),
    await pay('leaving', 1),
  ]
  await kyselyStore(db).transaction(async (tx) => {
    const held = await tx.lockAccount(leaving)
    if (held?.subscription) await tx.saveSubscription({ ...held.subscription, cancelAtPeriodEnd: true })
  })
  clock.set(new Date(start + 30 * day))
  const [expired] = [await signUp('expired')]
  await tenantry.reserveCredits({ accountId: reserving, amount: 5, idempotencyKey: 'k', operation: 'o', ttlSeconds: 86_400 })
  clock.set(new Date(start + 33 * day))
  const reminded = await signUp('reminded')
  clock.set(new Date(start + 46 * day))
  return { reminded, expired, renewed, reserving, indebted, suspended, leaving }
}

/** The events of an account that were not there before, by name. */
async function eventsSince({ query }: World, accountId: string, before: readonly { id: string }[]): Promise<string[]> {
  const sql = 'select name from tenantry_event where account_id = $1 and not id = any($2) order by name'
  const rows = await query<{ name: string }>(sql, [accountId, before.map(({ id }) => id)])
  return rows.map(({ name }) => name)
}
