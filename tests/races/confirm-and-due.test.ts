import { createTenantry, formatMoney } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { plainHasher } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { plans as manyPlans, transfer } from '../support/host.js'
import { admin, openWorld, times, type World } from './world.js'

const serverUrl = inject('postgresUrl')
const customers = 30

describe.skipIf(serverUrl === null)('on a real server, payments and jobs at once', () => {
  let world: World
  let tenantry: World['tenantry']
  beforeAll(async () => {
    world = await openWorld(serverUrl ?? '')
    const options = { store: kyselyStore(world.db), clock: world.clock, passwords: plainHasher() }
    tenantry = createTenantry({ ...options, plans: manyPlans }) as unknown as World['tenantry']
    await tenantry.syncPlans(manyPlans)
  })
  afterAll(() => world.close())

  it('a payment for a scheduled plan that has begun is booked once, whoever comes first', { timeout: 120_000 }, async () => {
    const paymentIds: string[] = []
    for (const number of times(customers, (n) => n)) {
      const { account, user } = await tenantry.registerTrial({ email: `customer-${number}@example.com` })
      await tenantry.confirmBankTransfer(transfer(account.id, 'pro') as never, admin)
      const owner = { type: 'user', id: user.id } as const
      await tenantry.changePlan({ accountId: account.id, planSlug: 'starter', when: 'period_end' }, owner)
      const { payment } = await tenantry.requestBankTransfer({ accountId: account.id, planSlug: 'starter' }, owner)
      paymentIds.push(payment.id)
    }
    // Past the end of the month, and past the grace: everything is due at once.
    world.clock.advance({ days: 40 })
    const confirm = (paymentId: string) => {
      const amount = formatMoney({ amountMinor: 2999, currency: 'USD' })
      return tenantry.confirmBankTransfer({ paymentId, externalPaymentId: `of ${paymentId}`, amount, payerName: 'Ada' }, admin)
    }
    const jobs = times(8, () => async () => {
      expect((await tenantry.runDue({ limit: 7 })).failures).toEqual([])
    })
    const calls = paymentIds.flatMap((id, index) => [
      () => confirm(id),
      () => confirm(id),
      ...(jobs[index] === undefined ? [] : [jobs[index]]),
    ])
    await Promise.all(calls.map((call) => call()))
    expect((await tenantry.runDue()).failures).toEqual([])

    const accounts = await world.query(
      `select distinct a.status, a.credits::int as credits, p.slug, s.status as subscription, s.pending_plan_id
        from tenantry_account a join tenantry_subscription s on s.account_id = a.id join tenantry_plan p on p.id = a.plan_id and p.id = s.plan_id`,
    )
    expect(accounts).toEqual([{ status: 'active', credits: 5000, slug: 'starter', subscription: 'active', pending_plan_id: null }])
    const told = await world.query<{ name: string; most: number; accounts: number }>(
      `select name, max(times)::int as most, count(*)::int as accounts from (
        select account_id, name, count(*) as times from tenantry_event group by account_id, name
      ) counted group by name`,
    )
    const of = (name: string) => told.find((row) => row.name === name) ?? { name, most: 0, accounts: 0 }
    expect(of('subscription.changed')).toMatchObject({ most: 1, accounts: customers })
    expect(of('payment.confirmed')).toMatchObject({ most: 2, accounts: customers })
    expect(of('subscription.started')).toMatchObject({ most: 2, accounts: customers })
    // By the job, where it came first; and then once.
    for (const name of ['subscription.past_due', 'account.suspended', 'payment.overdue']) expect(of(name).most).toBeLessThanOrEqual(1)
    expect((await tenantry.verifyBooks()).problems).toEqual([])
    expect(await tenantry.runDue()).toMatchObject({ accounts: 0 })
  })
})
