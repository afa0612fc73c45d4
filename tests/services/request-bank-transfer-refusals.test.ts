import { describe, expect, test } from 'vitest'
import { admin, cleanRefusalOf, createHost, plans, signUp, subscribe, system, type WrongInputs, wrongFieldsOf } from '../support/host.js'
import { trial } from '../support/transfers.js'

describe('requestBankTransfer refuses', () => {
  test('members who do not manage the account, and its keys', async () => {
    const { host, tenantry, store, clock, accountId, owner, asked } = await trial()
    const plain = await signUp(host, { email: 'plain@example.com' })
    await store.addMembership({ accountId, userId: plain.user.id, role: 'member', createdAt: clock() })
    const { apiKey } = await tenantry.createApiKey({ accountId, name: 'CI' }, owner)
    for (const actor of [{ type: 'user', id: plain.user.id } as const, { type: 'api_key', id: apiKey.id } as const]) {
      expect((await cleanRefusalOf(host, () => tenantry.requestBankTransfer(asked, actor))).code).toBe('forbidden')
    }
  })

  test('a stranger as if the account were not there, and an account that is not there', async () => {
    const { host, tenantry, accountId, asked } = await trial()
    const stranger = await signUp(host, { email: 'grace@example.com' })
    const notFound = { code: 'account_not_found', details: { accountId } }
    expect(await cleanRefusalOf(host, () => tenantry.requestBankTransfer(asked, { type: 'user', id: stranger.user.id }))).toEqual(notFound)
    expect((await cleanRefusalOf(host, () => tenantry.requestBankTransfer({ ...asked, accountId: 'nobody' }, admin))).code).toBe(
      'account_not_found',
    )
  })

  test('a cancelled account, a plan that is not there or not sold, and a currency it is not sold in', async () => {
    const { host, tenantry, accountId, owner, asked } = await trial()
    const refused = (input: object) => cleanRefusalOf(host, () => tenantry.requestBankTransfer({ ...asked, ...input }, owner))
    expect(await refused({ planSlug: 'gold' })).toEqual({ code: 'plan_not_found', details: { planSlug: 'gold' } })
    expect(await refused({ currency: 'EUR' })).toEqual({ code: 'currency_mismatch', details: { received: 'EUR', accepted: ['USD'] } })
    await tenantry.setPlanActive({ slug: 'pro', isActive: false }, admin)
    expect(await refused({ planSlug: 'pro' })).toEqual({ code: 'plan_inactive', details: { planSlug: 'pro' } })
    await tenantry.cancelAccount({ accountId, reason: 'gone' }, owner)
    expect(await refused({})).toEqual({ code: 'account_cancelled', details: { accountId } })
  })

  test('a plan to which the running one cannot be changed', async () => {
    const host = await createHost({ start: '2026-03-10T12:00:00.000Z' })
    const { accountId, periodEnd } = await subscribe(host, 'pro')
    const call = () => host.tenantry.requestBankTransfer({ accountId, planSlug: 'starter', periodMonths: 1 }, system)
    const until = { accountId, planSlug: 'pro', until: periodEnd }
    expect(await cleanRefusalOf(host, call)).toEqual({ code: 'already_subscribed', details: until })
  })

  test('a dearer plan while months of a cheaper one are to come, and takes it in the last one, however quiet the account was', async () => {
    const host = await createHost({ start: '2026-03-10T12:00:00.000Z' })
    const { accountId } = await subscribe(host, 'starter', 3)
    const ask = () => host.tenantry.requestBankTransfer({ accountId, planSlug: 'pro', periodMonths: 1 }, system)
    expect((await cleanRefusalOf(host, ask)).code).toBe('already_subscribed')
    host.clock.set('2026-05-20T12:00:00.000Z')
    expect((await ask()).payment.amount.amountMinor).toBe(9999)
  })

  const wrong: WrongInputs = [
    ['a plan that is free', { planSlug: 'free-trial' }],
    ['no plan', { planSlug: undefined }],
    ['no months', { periodMonths: 0 }],
    ['37 months', { periodMonths: 37 }],
    ['a part of a month', { periodMonths: 1.5 }],
    ['a currency that is none', { currency: 'XXX' }],
    ['no account', { accountId: undefined }],
    ['an amount of the caller’s', { amount: '1.00' }],
  ]
  test.each(wrong)('as input %s', async (_, input) => {
    const { host, tenantry, owner, asked } = await trial()
    const call = () => tenantry.requestBankTransfer({ ...asked, ...input } as never, owner)
    expect(await wrongFieldsOf(host, call)).toEqual(Object.keys(input))
  })

  test('as input a part of a year for a yearly plan, and no currency for a plan with several', async () => {
    const { host, tenantry, owner, accountId } = await trial()
    const wrongOf = (input: { planSlug: string; periodMonths: number }) =>
      wrongFieldsOf(host, () => tenantry.requestBankTransfer({ accountId, ...input }, owner))
    expect(await wrongOf({ planSlug: 'annual', periodMonths: 6 })).toEqual(['periodMonths'])
    expect(await wrongOf({ planSlug: 'global', periodMonths: 1 })).toEqual(['currency'])
  })

  test('as input more than a number can hold, and takes the most that it can', async () => {
    const { host, tenantry, owner, accountId } = await trial()
    const prices = [{ amountMinor: Number.MAX_SAFE_INTEGER, currency: 'USD' }]
    await tenantry.syncPlans({ dear: { ...plans.pro, prices } })
    const ask = (periodMonths: number) => tenantry.requestBankTransfer({ accountId, planSlug: 'dear', periodMonths }, owner)
    expect(await wrongFieldsOf(host, () => ask(2))).toEqual(['periodMonths'])
    expect((await ask(1)).payment.amount.amountMinor).toBe(Number.MAX_SAFE_INTEGER)
  })
})
