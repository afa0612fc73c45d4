import { describe, expect, test } from 'vitest'
import { admin, createHost, expectWholeBooks, subscribe, transfer } from '../support/host.js'

const start = '2026-01-31T10:00:00.000Z'
const end = new Date('2026-02-28T10:00:00.000Z')

/** Somebody whose month on a dear plan ends, and who has chosen a cheaper one for after it. */
async function goingCheaper({ isPaid }: { isPaid: boolean }) {
  const host = await createHost({ start })
  const { accountId, user } = await subscribe(host, 'pro')
  const { tenantry, clock } = host
  await tenantry.changePlan({ accountId, planSlug: 'starter', when: 'period_end' }, { type: 'user', id: user.id })
  clock.set('2026-02-20T00:00:00.000Z')
  if (isPaid) await tenantry.confirmBankTransfer({ ...transfer(accountId, 'starter', 2), externalPaymentId: 'in time' }, admin)
  const pay = () => tenantry.confirmBankTransfer({ ...transfer(accountId, 'starter'), externalPaymentId: 'late' }, admin)
  const outcome = async () => {
    const { account, subscription } = (await host.store.findAccountState(accountId)) ?? { account: null, subscription: null }
    const { balance, lots } = await tenantry.creditBalance({ accountId })
    const { items } = await tenantry.listEvents({ accountId, limit: 200 })
    const { status, currentPeriodStart, currentPeriodEnd, nextCreditsAt, pendingPlanId, pendingPlanAt } = subscription ?? {}
    await expectWholeBooks(host, accountId)
    return {
      account: { status: account?.status, plan: account?.plan?.slug },
      subscription: { status, currentPeriodStart, currentPeriodEnd, nextCreditsAt, pendingPlanId, pendingPlanAt },
      balance,
      lots: lots.map(({ granted, remaining, expiresAt }) => ({ granted, remaining, expiresAt })),
      changes: items.filter(({ event }) => event.name === 'subscription.changed').map(({ event }) => event.data),
    }
  }
  return { ...host, accountId, pay, outcome }
}

const changed = [{ subscriptionId: expect.any(String), fromPlanSlug: 'pro', toPlanSlug: 'starter' }]

describe('a cheaper plan from the period’s end on', () => {
  test.each([
    ['in time', ['2026-02-28T10:00:00.000Z', '2026-03-31T10:00:00.000Z']],
    ['every day', Array.from({ length: 40 }, (_, day) => new Date(end.getTime() + (day - 8) * 86_400_000).toISOString())],
    ['late by a month', ['2026-04-02T00:00:00.000Z']],
  ])('that is paid for, with a job that runs %s, has its credits month by month', async (_, runs) => {
    const { tenantry, clock, outcome } = await goingCheaper({ isPaid: true })
    for (const moment of runs) {
      clock.set(moment)
      await tenantry.runDue()
    }
    clock.set('2026-04-02T00:00:00.000Z')
    await tenantry.runDue()
    const credits = { granted: 5000, remaining: 5000, expiresAt: new Date('2026-04-30T10:00:00.000Z') }
    expect(await outcome()).toMatchObject({
      account: { status: 'active', plan: 'starter' },
      subscription: {
        status: 'active',
        currentPeriodEnd: credits.expiresAt,
        nextCreditsAt: null,
        pendingPlanId: null,
        pendingPlanAt: null,
      },
      balance: 5000,
      lots: [credits],
      changes: changed,
    })
  })

  test.each([
    ['a job has run', true],
    ['no job has run', false],
  ])('that is paid for when it has begun and %s, begins with the payment', async (_, hasRun) => {
    const { tenantry, clock, pay, outcome } = await goingCheaper({ isPaid: false })
    const late = new Date('2026-03-03T00:00:00.000Z')
    clock.set(late)
    if (hasRun) expect(await tenantry.runDue()).toMatchObject({ subscriptionsPastDue: 1, failures: [] })
    await pay()
    await tenantry.runDue()
    const until = new Date('2026-04-03T00:00:00.000Z')
    expect(await outcome()).toMatchObject({
      account: { status: 'active', plan: 'starter' },
      subscription: { status: 'active', currentPeriodStart: late, currentPeriodEnd: until, pendingPlanId: null, pendingPlanAt: null },
      balance: 5000,
      lots: [{ granted: 5000, remaining: 5000, expiresAt: until }],
      changes: changed,
    })
  })

  test('that is not paid for counts during the grace, and brings no credits', async () => {
    const { tenantry, clock, accountId, outcome } = await goingCheaper({ isPaid: false })
    clock.set(end)
    expect(await tenantry.validateAccountAndPlan({ accountId })).toMatchObject({ ok: true, plan: { slug: 'starter' } })
    clock.set('2026-03-31T00:00:00.000Z')
    expect(await tenantry.runDue()).toMatchObject({ subscriptionsPastDue: 1, accountsSuspended: 1, creditGrants: 0 })
    expect(await outcome()).toMatchObject({
      account: { status: 'suspended', plan: 'starter' },
      subscription: { status: 'past_due', currentPeriodEnd: end, pendingPlanId: null },
      balance: 0,
      changes: changed,
    })
  })
})
