import { Kysely, PostgresDialect } from 'kysely'
import { createTenantry, type Tenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { plainHasher } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createPool } from '../support/postgres.js'
import { admin, openWorld, plans, times, type World } from './world.js'

const serverUrl = inject('postgresUrl')
const trials = 40
const payers = 40

describe.skipIf(serverUrl === null)('three workers on a real server', () => {
  let world: World
  let workers: { tenantry: Tenantry; close: () => Promise<void> }[]
  beforeAll(async () => {
    world = await openWorld(serverUrl ?? '')
    workers = times(3, () => openWorker(world))
  })
  afterAll(async () => {
    for (const worker of workers) await worker.close()
    await world.close()
  })

  it('do each thing exactly once, while customers spend', { timeout: 120_000 }, async () => {
    const onTrial = await Promise.all(times(trials, (n) => signUp(world, `trial-${n}`)))
    const paying = await Promise.all(times(payers, (n) => signUp(world, `payer-${n}`)))
    for (const accountId of paying) await pay(world, accountId)
    const before = (await world.query<{ id: string }>('select id from tenantry_event')).map(({ id }) => id)

    const shares = [0, 0, 0]
    for (const days of [11, 2, 1, 14, 31]) {
      world.clock.advance({ days })
      const spends = paying.map((accountId, n) => () => spend(world, accountId, `${days} ${n}`))
      const runs = workers.map(
        ({ tenantry }) =>
          () =>
            tenantry.runDue(),
      )
      const [reports] = await Promise.all([Promise.all(runs.map((run) => run())), Promise.all(spends.map((buy) => buy()))])
      for (const [worker, { accounts, failures }] of reports.entries()) {
        expect(failures).toEqual([])
        shares[worker] = (shares[worker] ?? 0) + accounts
      }
    }
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeGreaterThanOrEqual(3 * trials)
    expect(await told(world, onTrial, before)).toEqual([
      { name: 'credits.expired', times: 1, accounts: trials },
      { name: 'trial.ending', times: 2, accounts: trials },
      { name: 'trial.expired', times: 1, accounts: trials },
    ])
    expect(await told(world, paying, before)).toEqual([
      { name: 'credits.expired', times: 2, accounts: payers },
      { name: 'credits.granted', times: 2, accounts: payers },
    ])
    const [granted] = await world.query<{ grants: number }>(
      `select count(*)::int as grants from tenantry_credit_entry where type = 'subscription' and account_id = any($1)`,
      [paying],
    )
    expect(granted?.grants).toBe(payers * 4)
    expect((await world.tenantry.verifyBooks()).problems).toEqual([])
    expect(await world.tenantry.runDue()).toMatchObject({ accounts: 0 })
  })

  it('wait for nobody who holds an account, and come back for it', async () => {
    const [held, free] = [await signUp(world, 'held'), await signUp(world, 'free')]
    world.clock.advance({ days: 14 })
    await world.db.transaction().execute(async (trx) => {
      await kyselyStore(trx).transaction((tx) => tx.lockAccount(held))
      expect(await world.tenantry.runDue()).toMatchObject({ accounts: 1, trialsExpired: 1, failures: [] })
    })
    expect(await world.tenantry.runDue()).toMatchObject({ accounts: 1, trialsExpired: 1 })
    expect((await told(world, [held, free], [])).find(({ name }) => name === 'trial.expired')).toMatchObject({ times: 1, accounts: 2 })
  })
})

function openWorker({ url, clock }: World): { tenantry: Tenantry; close: () => Promise<void> } {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: createPool(url, 2) }) })
  return { tenantry: createTenantry({ store: kyselyStore(db), plans, clock, passwords: plainHasher() }), close: () => db.destroy() }
}

async function signUp({ tenantry }: World, name: string): Promise<string> {
  return (await tenantry.registerTrial({ email: `${name}@example.com` })).account.id
}

const pay = ({ tenantry }: World, accountId: string) =>
  tenantry.confirmBankTransfer(
    { accountId, planSlug: 'starter', periodMonths: 12, amount: '359.88', externalPaymentId: `of ${accountId}`, payerName: 'Ada' },
    admin,
  )

const spend = ({ tenantry }: World, accountId: string, idempotencyKey: string) =>
  tenantry.spendCredits({ accountId, amount: 3, idempotencyKey, operation: 'o' })

/** How often each event was told, and to how many accounts so often. */
const told = ({ query }: World, accountIds: readonly string[], before: readonly string[]) =>
  query<{ name: string; times: number; accounts: number }>(
    `select name, times, count(*)::int as accounts from (
      select account_id, name, count(*)::int as times from tenantry_event
      where account_id = any($1) and not id = any($2) and (name like 'trial.%' or name like 'credits.%') group by account_id, name
    ) counted group by name, times order by name, times`,
    [accountIds, before],
  )
