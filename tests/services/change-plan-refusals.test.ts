import type { Actor, RefusalCode } from 'tenantry'
import { describe, expect, test } from 'vitest'
import { admin, cleanRefusalOf, createHost, type Host, refusalOf, signUp, subscribe, transfer } from '../support/host.js'

const start = '2026-03-01T00:00:00.000Z'
const halfway = '2026-03-16T12:00:00.000Z'
const moments = ['now', 'period_end'] as const

async function customer() {
  const host = await createHost({ start })
  await host.tenantry.syncPlans({
    hobby: { name: 'Hobby', prices: [{ amountMinor: 0, currency: 'USD' }], billingCycle: 'monthly', includedCredits: 10, limits: {} },
    custom: { name: 'Custom', prices: [], billingCycle: 'monthly', includedCredits: 90_000, limits: {} },
    euro: { name: 'Euro', prices: [{ amountMinor: 100, currency: 'EUR' }], billingCycle: 'monthly', includedCredits: 10, limits: {} },
  })
  const { accountId, user } = await subscribe(host)
  const owner: Actor = { type: 'user', id: user.id }
  host.clock.set(halfway)
  return { host, tenantry: host.tenantry, accountId, owner }
}

/** The refusal of both a change and, where it is the same, of its preview. */
async function refusalsOf(host: Host, wish: { accountId: string; planSlug: string; when: 'now' | 'period_end' }, actor: Actor) {
  const refusal = await cleanRefusalOf(host, () => host.tenantry.changePlan(wish, actor))
  if (refusal.code !== 'payment_required') {
    expect(await cleanRefusalOf(host, () => host.tenantry.previewPlanChange(wish, actor))).toEqual(refusal)
  }
  return refusal
}

describe('changePlan is refused', () => {
  test('to a member for a dearer plan now, with what is due; a preview tells it', async () => {
    const { host, tenantry, accountId, owner } = await customer()
    const wish = { accountId, planSlug: 'pro', when: 'now' } as const
    const amountsDue = [{ amountMinor: 3500, currency: 'USD' }]
    expect(await refusalsOf(host, wish, owner)).toEqual({ code: 'payment_required', details: { planSlug: 'pro', amountsDue } })
    expect(await tenantry.previewPlanChange(wish, owner)).toMatchObject({ amountsDue, requiresPayment: true, creditsGranted: 7500 })
    await expect(tenantry.changePlan(wish, owner)).rejects.toThrow('has to be paid for first: 35.00 USD. Then')
  })

  test('to an administrator whose own account it is', async () => {
    const { host, accountId, owner } = await customer()
    const wish = { accountId, planSlug: 'pro', when: 'now' } as const
    expect((await cleanRefusalOf(host, () => host.tenantry.changePlan(wish, { type: 'admin', id: owner.id }))).code).toBe('forbidden')
    expect(await host.tenantry.changePlan(wish, admin)).toMatchObject({ changed: true })
  })

  test('to a member where prices cannot be compared', async () => {
    const { host, accountId, owner } = await customer()
    const refusal = await refusalsOf(host, { accountId, planSlug: 'euro', when: 'now' }, owner)
    expect(refusal).toEqual({ code: 'payment_required', details: { planSlug: 'euro', amountsDue: [] } })
  })

  test.each(moments)('to a member for a plan without a price, %s; an operator may', async (when) => {
    const { host, tenantry, accountId, owner } = await customer()
    expect((await refusalsOf(host, { accountId, planSlug: 'custom', when }, owner)).code).toBe('forbidden')
    expect(await tenantry.changePlan({ accountId, planSlug: 'custom', when }, admin)).toMatchObject({ changed: true, amountsDue: [] })
  })

  test.each(moments)('for a plan that is not there, or not active, %s', async (when) => {
    const { host, tenantry, accountId, owner } = await customer()
    const unknown = await refusalsOf(host, { accountId, planSlug: 'nowhere', when }, owner)
    expect(unknown).toEqual({ code: 'plan_not_found', details: { planSlug: 'nowhere' } })
    await tenantry.setPlanActive({ slug: 'saver', isActive: false }, admin)
    const inactive = await refusalsOf(host, { accountId, planSlug: 'saver', when }, admin)
    expect(inactive).toEqual({ code: 'plan_inactive', details: { planSlug: 'saver' } })
  })

  test.each(moments)('for a free plan while paid time runs, %s', async (when) => {
    const { host, accountId, owner } = await customer()
    for (const planSlug of ['hobby', 'free-trial']) {
      expect((await refusalsOf(host, { accountId, planSlug, when }, owner)).code).toBe('invalid_transition')
    }
  })

  test('to strangers, plain members’ keys and other accounts’ owners, as if there were no such account', async () => {
    const { host, tenantry, accountId, owner } = await customer()
    const { user } = await signUp(host, { email: 'eve@example.com' })
    const { apiKey } = await tenantry.createApiKey({ accountId, name: 'k' }, owner)
    const wish = { accountId, planSlug: 'saver', when: 'now' } as const
    const gone = { code: 'account_not_found', details: { accountId } }
    expect(await refusalsOf(host, wish, { type: 'user', id: user.id })).toEqual(gone)
    expect(await refusalsOf(host, wish, { type: 'api_key', id: 'nobody' })).toEqual(gone)
    expect((await refusalsOf(host, wish, { type: 'api_key', id: apiKey.id })).code).toBe('forbidden')
    expect((await refusalsOf(host, { ...wish, accountId: 'nowhere' }, owner)).code).toBe('account_not_found')
    expect((await refusalsOf(host, { ...wish, accountId: 'nowhere' }, admin)).code).toBe('account_not_found')
  })

  test('to a member who does not manage the account', async () => {
    const { host, accountId } = await customer()
    const { user } = await signUp(host, { email: 'bob@example.com' })
    await host.store.addMembership({ accountId, userId: user.id, role: 'member', createdAt: host.clock() })
    const refusal = await refusalsOf(host, { accountId, planSlug: 'saver', when: 'now' }, { type: 'user', id: user.id })
    expect(refusal.code).toBe('forbidden')
  })

  test.each(moments)('for a suspended and for a cancelled account, %s', async (when) => {
    const { host, tenantry, accountId, owner } = await customer()
    const wish = { accountId, planSlug: 'saver', when } as const
    await tenantry.suspendAccount({ accountId, reason: 'r' }, admin)
    expect((await refusalsOf(host, wish, owner)).code).toBe('account_suspended')
    await tenantry.cancelAccount({ accountId, reason: 'r' }, admin)
    expect((await refusalsOf(host, wish, admin)).code).toBe('account_cancelled')
  })

  test.each<[string, RefusalCode]>([
    ['2026-04-01T00:00:00.000Z', 'payment_overdue'],
    ['2026-09-01T00:00:00.000Z', 'payment_overdue'],
  ])('once the paid time is over, at %s', async (moment, code) => {
    const { host, accountId, owner } = await customer()
    host.clock.set(moment)
    for (const when of moments) expect((await refusalsOf(host, { accountId, planSlug: 'saver', when }, owner)).code).toBe(code)
  })

  test('on trial at a period’s end, and once the trial is over', async () => {
    const host = await createHost({ start })
    const { account, user } = await signUp(host)
    const wish = { accountId: account.id, planSlug: 'free-trial' } as const
    const owner: Actor = { type: 'user', id: user.id }
    expect((await refusalsOf(host, { ...wish, when: 'period_end' }, owner)).code).toBe('invalid_transition')
    host.clock.set('2026-03-15T00:00:00.000Z')
    for (const when of moments) expect((await refusalsOf(host, { ...wish, when }, owner)).code).toBe('trial_expired')
  })

  test('while a payment is waited for', async () => {
    const { host, accountId, owner } = await customer()
    await host.store.transaction(async (tx) => {
      await tx.lockAccount(accountId)
      await tx.saveAccount({ accountId, status: 'pending_payment', at: host.clock() })
    })
    for (const when of moments)
      expect((await refusalsOf(host, { accountId, planSlug: 'saver', when }, owner)).code).toBe('invalid_transition')
  })

  test('at the period’s end while the subscription is to end with it, and in all ways once it is canceled', async () => {
    const { host, tenantry, accountId, owner } = await customer()
    await tenantry.cancelSubscription({ accountId, when: 'period_end' }, owner)
    const ending = await refusalOf(tenantry.changePlan({ accountId, planSlug: 'saver', when: 'period_end' }, owner))
    expect(ending.code).toBe('invalid_transition')
    await expect(tenantry.changePlan({ accountId, planSlug: 'saver', when: 'period_end' }, owner)).rejects.toThrow(/resume it first/)
    await tenantry.cancelSubscription({ accountId, when: 'now' }, owner)
    for (const when of moments)
      expect((await refusalsOf(host, { accountId, planSlug: 'saver', when }, owner)).code).toBe('invalid_transition')
  })

  test('of an account without a subscription or without a plan', async () => {
    const { host, owner, accountId } = await customer()
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
    const wish = { accountId: 'bare', planSlug: 'saver', when: 'now' } as const
    expect((await refusalsOf(host, wish, admin)).code).toBe('subscription_not_found')
    const { subscription } = await host.tenantry.getAccount({ accountId })
    await host.store.transaction(async (tx) => {
      await tx.lockAccount('bare')
      if (subscription !== null) await tx.saveSubscription({ ...subscription, id: 'other', accountId: 'bare' })
    })
    expect((await refusalsOf(host, wish, admin)).code).toBe('plan_missing')
    expect(owner.type).toBe('user')
  })

  test('with another transfer’s plan while time on a scheduled one is paid for', async () => {
    const { host, tenantry, accountId, owner } = await customer()
    await tenantry.changePlan({ accountId, planSlug: 'saver', when: 'period_end' }, owner)
    await tenantry.confirmBankTransfer(transfer(accountId, 'saver'), admin)
    const again = { ...transfer(accountId, 'starter'), externalPaymentId: 'starter again' }
    expect((await cleanRefusalOf(host, () => tenantry.confirmBankTransfer(again, admin))).code).toBe('already_subscribed')
  })
})
