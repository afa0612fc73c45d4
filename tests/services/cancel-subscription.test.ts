import type { Actor } from 'tenantry'
import { describe, expect, test } from 'vitest'
import { admin, cleanRefusalOf, createHost, expectWholeBooks, movesOf, signUp, subscribe, transfer } from '../support/host.js'

const start = '2026-03-01T00:00:00.000Z'
const halfway = new Date('2026-03-16T12:00:00.000Z')
const end = new Date('2026-04-01T00:00:00.000Z')

async function customer() {
  const host = await createHost({ start })
  const { accountId, user } = await subscribe(host)
  await host.tenantry.grantCredits({ accountId, amount: 70, type: 'purchase', idempotencyKey: 'buy' }, admin)
  host.clock.set(halfway)
  const { tenantry, clock } = host
  const gate = async () => {
    const decision = await tenantry.validateAccountAndPlan({ accountId })
    return decision.ok ? 'ok' : decision.code
  }
  return { host, tenantry, clock, accountId, owner: { type: 'user', id: user.id } satisfies Actor, gate }
}

describe('cancelSubscription', () => {
  test('at the period’s end: all goes on until then, and stops then, without grace and with no job run', async () => {
    const { host, tenantry, clock, accountId, owner, gate } = await customer()
    const result = await tenantry.cancelSubscription({ accountId, when: 'period_end', reason: 'Too dear' }, owner)
    expect(result).toMatchObject({
      changed: true,
      account: { status: 'active' },
      subscription: { status: 'active', cancelAtPeriodEnd: true, currentPeriodEnd: end },
    })
    expect((await tenantry.listAuditEntries({ accountId, limit: 1 })).items[0]).toMatchObject({
      action: 'cancelSubscription',
      actor: owner,
      reason: 'Too dear',
      before: { cancelAtPeriodEnd: false },
      after: { cancelAtPeriodEnd: true },
    })
    clock.set(new Date(end.getTime() - 1))
    expect(await gate()).toBe('ok')
    clock.set(end)
    expect(await gate()).toBe('payment_overdue')
    await expectWholeBooks(host, accountId)
  })

  test('now: gives up the time that is left, and unused plan credits lapse; bought ones stay', async () => {
    const { host, tenantry, accountId, owner, gate } = await customer()
    const result = await tenantry.cancelSubscription({ accountId, when: 'now' }, owner)
    expect(result).toMatchObject({
      changed: true,
      account: { credits: 70 },
      subscription: { status: 'canceled', currentPeriodEnd: halfway, nextCreditsAt: null },
    })
    expect(await tenantry.getAccount({ accountId })).toEqual({ account: result.account, subscription: result.subscription })
    expect((await movesOf(host, accountId)).at(-1)).toEqual(['expiration', -5000, 70])
    expect(await gate()).toBe('payment_overdue')
    await expectWholeBooks(host, accountId)
  })

  test('now, with prepaid months to come: they bring no credits any more', async () => {
    const { host, tenantry, clock, accountId, owner } = await customer()
    await tenantry.confirmBankTransfer({ ...transfer(accountId, 'starter', 3), externalPaymentId: 'more' }, admin)
    await tenantry.cancelSubscription({ accountId, when: 'now' }, owner)
    clock.set('2026-06-15T00:00:00.000Z')
    expect((await tenantry.creditBalance({ accountId })).balance).toBe(70)
    await expectWholeBooks(host, accountId)
  })

  test('again, either way, changes nothing', async () => {
    const { tenantry, accountId, owner } = await customer()
    for (const when of ['period_end', 'now'] as const) {
      const first = await tenantry.cancelSubscription({ accountId, when }, owner)
      expect(await tenantry.cancelSubscription({ accountId, when }, owner)).toEqual({ ...first, changed: false })
    }
    expect(await tenantry.cancelSubscription({ accountId, when: 'period_end' }, owner)).toMatchObject({ changed: false })
  })

  test('of time that is over already ends it now, either way', async () => {
    for (const when of ['period_end', 'now'] as const) {
      const { tenantry, clock, accountId, owner, gate } = await customer()
      clock.set('2026-04-03T00:00:00.000Z')
      expect(await gate()).toBe('ok')
      const { subscription } = await tenantry.cancelSubscription({ accountId, when }, owner)
      expect(subscription).toMatchObject({ status: 'canceled', currentPeriodEnd: end })
      expect(await gate()).toBe('payment_overdue')
    }
  })

  test('of a trial, and the account may pay and go on, at the very same moment too', async () => {
    const host = await createHost({ start })
    const { tenantry } = host
    const { account, user, subscription } = await signUp(host)
    const owner: Actor = { type: 'user', id: user.id }
    const accountId = account.id
    expect(await tenantry.cancelSubscription({ accountId, when: 'period_end' }, owner)).toMatchObject({
      changed: true,
      subscription: { status: 'trialing' },
    })
    expect(await tenantry.cancelSubscription({ accountId, when: 'now' }, owner)).toMatchObject({
      account: { credits: 0 },
      subscription: { status: 'canceled' },
    })
    expect(await tenantry.validateAccountAndPlan({ accountId })).toMatchObject({ ok: false })
    const paid = await tenantry.confirmBankTransfer(transfer(accountId), admin)
    expect(paid).toMatchObject({ credits: 5000, subscription: { status: 'active' } })
    expect(paid.subscription.id).not.toBe(subscription.id)
    await tenantry.cancelSubscription({ accountId, when: 'now' }, owner)
    const again = await tenantry.confirmBankTransfer({ ...transfer(accountId), externalPaymentId: 'again' }, admin)
    expect(again).toMatchObject({ credits: 5000, periodStart: host.clock() })
    await expectWholeBooks(host, accountId)
  })

  test.each(['now', 'period_end'] as const)('ends the wait for a payment: %s', async (when) => {
    const host = await createHost({ start })
    const { tenantry } = host
    const { account, user } = await signUp(host)
    const [accountId, owner] = [account.id, { type: 'user', id: user.id } as const]
    await tenantry.requestBankTransfer({ accountId, planSlug: 'starter' }, owner)
    expect((await tenantry.getAccount({ accountId })).account.status).toBe('pending_payment')
    const result = await tenantry.cancelSubscription({ accountId, when }, owner)
    expect(result).toMatchObject({ account: { status: 'active' }, subscription: { status: 'canceled' } })
    expect((await tenantry.getAccount({ accountId })).account.status).toBe('active')
  })

  test('drops a scheduled change, unless time on its plan has been paid for', async () => {
    const { tenantry, accountId, owner } = await customer()
    await tenantry.changePlan({ accountId, planSlug: 'saver', when: 'period_end' }, owner)
    expect((await tenantry.cancelSubscription({ accountId, when: 'period_end' }, owner)).subscription.pendingPlanId).toBeNull()
    await tenantry.resumeSubscription({ accountId }, owner)
    await tenantry.changePlan({ accountId, planSlug: 'saver', when: 'period_end' }, owner)
    await tenantry.confirmBankTransfer(transfer(accountId, 'saver'), admin)
    expect((await tenantry.cancelSubscription({ accountId, when: 'period_end' }, owner)).subscription.pendingPlanAt).toEqual(end)
  })

  test('of a suspended account is possible, of a cancelled one it is refused', async () => {
    const { host, tenantry, accountId, owner, gate } = await customer()
    await tenantry.suspendAccount({ accountId, reason: 'r' }, admin)
    expect(await tenantry.cancelSubscription({ accountId, when: 'period_end' }, owner)).toMatchObject({
      changed: true,
      account: { status: 'suspended' },
    })
    expect(await gate()).toBe('account_suspended')
    await tenantry.cancelAccount({ accountId, reason: 'r' }, admin)
    for (const when of ['now', 'period_end'] as const) {
      expect((await cleanRefusalOf(host, () => tenantry.cancelSubscription({ accountId, when }, owner))).code).toBe('account_cancelled')
    }
  })
})

describe('resumeSubscription', () => {
  test('takes back that it ends, once', async () => {
    const { host, tenantry, clock, accountId, owner, gate } = await customer()
    await tenantry.cancelSubscription({ accountId, when: 'period_end' }, owner)
    const resumed = await tenantry.resumeSubscription({ accountId }, owner)
    expect(resumed).toMatchObject({ changed: true, subscription: { cancelAtPeriodEnd: false, status: 'active' } })
    expect(await tenantry.resumeSubscription({ accountId }, owner)).toEqual({ ...resumed, changed: false })
    clock.set(end)
    expect(await gate()).toBe('ok')
    await expectWholeBooks(host, accountId)
  })

  test('comes too late at the period’s end', async () => {
    const { host, tenantry, clock, accountId, owner } = await customer()
    await tenantry.cancelSubscription({ accountId, when: 'period_end' }, owner)
    clock.set(end)
    const refusal = await cleanRefusalOf(host, () => tenantry.resumeSubscription({ accountId }, owner))
    expect(refusal).toEqual({ code: 'payment_overdue', details: { accountId, endedAt: end } })
  })

  test('does not bring back what was canceled, nor serve a closed account', async () => {
    const { host, tenantry, accountId, owner } = await customer()
    const refused = async () => (await cleanRefusalOf(host, () => tenantry.resumeSubscription({ accountId }, owner))).code
    await tenantry.cancelSubscription({ accountId, when: 'now' }, owner)
    expect(await refused()).toBe('invalid_transition')
    await tenantry.suspendAccount({ accountId, reason: 'r' }, admin)
    expect(await refused()).toBe('account_suspended')
    await tenantry.cancelAccount({ accountId, reason: 'r' }, admin)
    expect(await refused()).toBe('account_cancelled')
  })
})

describe('both', () => {
  test('are for those who manage the account: to a stranger it does not exist', async () => {
    const { host, tenantry, accountId, owner } = await customer()
    const { user } = await signUp(host, { email: 'eve@example.com' })
    const { apiKey } = await tenantry.createApiKey({ accountId, name: 'k' }, owner)
    const asked = (actor: Actor, id = accountId) => [
      () => tenantry.cancelSubscription({ accountId: id, when: 'now' }, actor),
      () => tenantry.resumeSubscription({ accountId: id }, actor),
    ]
    for (const call of [...asked({ type: 'user', id: user.id }), ...asked(admin, 'nowhere')]) {
      expect((await cleanRefusalOf(host, call)).code).toBe('account_not_found')
    }
    for (const call of asked({ type: 'api_key', id: apiKey.id })) expect((await cleanRefusalOf(host, call)).code).toBe('forbidden')
  })

  test('need a subscription', async () => {
    const { host, tenantry } = await customer()
    await host.store.transaction((tx) =>
      tx.addAccount({
        id: 'bare',
        name: 'Bare',
        status: 'active',
        paymentMethod: 'paypal',
        planId: null,
        ownerId: null,
        createdAt: host.clock(),
      }),
    )
    const code = async (call: () => Promise<unknown>) => (await cleanRefusalOf(host, call)).code
    expect(await code(() => tenantry.cancelSubscription({ accountId: 'bare', when: 'now' }, admin))).toBe('subscription_not_found')
    expect(await code(() => tenantry.resumeSubscription({ accountId: 'bare' }, admin))).toBe('subscription_not_found')
  })
})
