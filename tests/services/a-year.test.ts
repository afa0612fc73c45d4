import { createTenantry, definePlans, freeTrialPlan } from 'tenantry'
import { memoryStore } from 'tenantry/memory'
import { manualClock, plainHasher } from 'tenantry/testing'
import { expect, test } from 'vitest'

const plans = definePlans({
  'free-trial': freeTrialPlan,
  starter: {
    name: 'Starter',
    prices: [{ amountMinor: 2999, currency: 'USD' }],
    billingCycle: 'monthly',
    includedCredits: 5000,
    limits: {},
  },
})
const admin = { type: 'admin', id: 'staff-1' } as const

/** What a host does in a test of its own: nothing here is more than the library exports. */
test('a host lives thirteen months in less than a second of the processor', async () => {
  const began = process.cpuUsage()
  const clock = manualClock('2026-01-31T10:00:00Z')
  const tenantry = createTenantry({ store: memoryStore(), plans, clock, passwords: plainHasher() })
  await tenantry.syncPlans()
  const people = {
    leaving: await tenantry.registerTrial({ email: 'leaving@example.com' }),
    paying: await tenantry.registerTrial({ email: 'paying@example.com' }),
    late: await tenantry.registerTrial({ email: 'late@example.com' }),
  }
  const diary: string[] = []
  const nameOf = (accountId: string) => Object.entries(people).find(([, { account }]) => account.id === accountId)?.[0]
  const pay = (who: keyof typeof people, months: number) =>
    tenantry.confirmBankTransfer(
      {
        accountId: people[who].account.id,
        planSlug: 'starter',
        periodMonths: months,
        amount: (29.99 * months).toFixed(2),
        externalPaymentId: `${who} ${clock().toISOString()}`,
        payerName: who,
      },
      admin,
    )

  for (let day = 0; day <= 396; day++) {
    if (day === 10) await pay('paying', 12)
    if (day === 12) await pay('late', 1)
    if (day === 60) await pay('late', 1)
    await tenantry.runDue()
    await tenantry.deliverEvents(({ accountId, name }) => {
      diary.push(`${day} ${nameOf(accountId)} ${name}`)
    })
    clock.advance({ days: 1 })
  }

  const of = (who: string, name: string) =>
    diary.filter((line) => line.endsWith(` ${who} ${name}`)).map((line) => Number.parseInt(line, 10))
  expect(of('leaving', 'trial.ending')).toEqual([11, 13])
  expect(of('leaving', 'trial.expired')).toEqual([14])
  expect(of('paying', 'trial.ending')).toEqual([])
  // The trial's credits, the first month's, and those of eleven months that began by themselves.
  expect(of('paying', 'credits.granted')).toHaveLength(13)
  expect(of('paying', 'subscription.past_due')).toEqual([375])
  expect(of('paying', 'account.suspended')).toEqual([382])
  expect(of('late', 'trial.ending')).toEqual([11])
  expect(of('late', 'subscription.past_due')).toEqual([40, 90])
  expect(of('late', 'account.suspended')).toEqual([47, 97])
  expect(of('late', 'credits.granted')).toEqual([0, 12, 60])
  expect((await tenantry.getAccount({ email: 'late@example.com' })).account).toMatchObject({
    status: 'suspended',
    statusReason: 'payment_overdue',
  })
  expect(await tenantry.verifyBooks()).toMatchObject({ ok: true, accounts: 3 })
  const { user, system } = process.cpuUsage(began)
  expect((user + system) / 1000).toBeLessThan(1000)
})
