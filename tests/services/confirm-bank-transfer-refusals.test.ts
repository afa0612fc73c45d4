import { describe, expect, test } from 'vitest'
import {
  admin,
  cleanRefusalOf,
  createHost,
  expectWholeBooks,
  type Host,
  plans,
  signUp,
  subscribe,
  system,
  transfer,
  type WrongInputs,
  wrongFieldsOf,
} from '../support/host.js'

async function trial() {
  const host = await createHost({ start: '2026-03-10T12:00:00.000Z' })
  const { account, user, subscription } = await signUp(host)
  return { host, accountId: account.id, userId: user.id, subscriptionId: subscription.id, ...host }
}

const refused = (host: Host, input: object, actor = admin) =>
  cleanRefusalOf(host, () => host.tenantry.confirmBankTransfer(input as never, actor))

describe('confirmBankTransfer refuses', () => {
  test.each(['user', 'api_key', 'system'] as const)('an actor of type %s', async (type) => {
    const { host, accountId } = await trial()
    expect(await refused(host, transfer(accountId), { type, id: 'staff-1' })).toEqual({
      code: 'forbidden',
      details: { action: 'confirm bank transfers' },
    })
  })

  test('an administrator who is a member of the account, also for a transfer that somebody else has confirmed', async () => {
    const { host, tenantry, accountId, userId } = await trial()
    const self = { type: 'admin', id: userId } as const
    expect((await refused(host, transfer(accountId), self)).code).toBe('forbidden')
    await tenantry.confirmBankTransfer(transfer(accountId), admin)
    expect((await refused(host, transfer(accountId), self)).code).toBe('forbidden')
  })

  test('an actor that is none', async () => {
    const { host, tenantry, accountId } = await trial()
    expect(await wrongFieldsOf(host, () => tenantry.confirmBankTransfer(transfer(accountId), null as never))).toEqual(['actor'])
  })

  test('an account, a subscription, a payment and a plan that are not there', async () => {
    const { host, accountId } = await trial()
    const sent = transfer(accountId)
    expect(await refused(host, { ...sent, accountId: 'nobody' })).toEqual({ code: 'account_not_found', details: { accountId: 'nobody' } })
    expect(await refused(host, { ...sent, subscriptionId: 'none' })).toEqual({
      code: 'subscription_not_found',
      details: { subscriptionId: 'none' },
    })
    expect(await refused(host, { ...sent, paymentId: 'none' })).toEqual({ code: 'payment_not_found', details: { paymentId: 'none' } })
    expect(await refused(host, { ...sent, planSlug: 'gold' })).toEqual({ code: 'plan_not_found', details: { planSlug: 'gold' } })
  })

  test('the subscription of another account, as if it were not there', async () => {
    const { host, accountId } = await trial()
    const other = await signUp(host, { email: 'grace@example.com' })
    const subscriptionId = other.subscription.id
    expect(await refused(host, { ...transfer(accountId), subscriptionId })).toEqual({
      code: 'subscription_not_found',
      details: { subscriptionId },
    })
  })

  test('a cancelled account', async () => {
    const { host, tenantry, accountId } = await trial()
    await tenantry.cancelAccount({ accountId, reason: 'gone' }, system)
    expect(await refused(host, transfer(accountId))).toEqual({ code: 'account_cancelled', details: { accountId } })
  })

  test('an inactive plan', async () => {
    const { host, tenantry, accountId } = await trial()
    await tenantry.setPlanActive({ slug: 'starter', isActive: false }, admin)
    expect(await refused(host, transfer(accountId))).toEqual({ code: 'plan_inactive', details: { planSlug: 'starter' } })
  })

  test('a cheaper plan while a dearer one runs, and takes it once that has ended', async () => {
    const { host, tenantry, clock } = await trial()
    const { accountId, periodEnd } = await subscribe(host, 'pro', 1, { email: 'grace@example.com' })
    expect(await refused(host, transfer(accountId))).toEqual({
      code: 'already_subscribed',
      details: { accountId, planSlug: 'pro', until: periodEnd },
    })
    clock.set(new Date(periodEnd.getTime() - 1))
    expect((await refused(host, transfer(accountId))).code).toBe('already_subscribed')
    clock.set(periodEnd)
    expect((await tenantry.confirmBankTransfer(transfer(accountId), admin)).account.plan?.slug).toBe('starter')
    await expectWholeBooks(host, accountId)
  })

  test('a dearer plan while more than a month of a cheaper one is left, and takes it in the last month', async () => {
    const { host, tenantry, clock } = await trial()
    const { accountId, periodEnd } = await subscribe(host, 'starter', 3, { email: 'grace@example.com' })
    expect(await refused(host, transfer(accountId, 'pro'))).toEqual({
      code: 'already_subscribed',
      details: { accountId, planSlug: 'starter', until: periodEnd },
    })
    clock.set(new Date(periodEnd.getTime() - 20 * 86_400_000))
    const upgraded = await tenantry.confirmBankTransfer(transfer(accountId, 'pro'), admin)
    expect(upgraded.account.plan?.slug).toBe('pro')
    expect(upgraded.periodStart).toEqual(periodEnd)
    await expectWholeBooks(host, accountId)
  })

  test('a dearer plan at the end of a month that is shorter than the next, while a cheaper month is still to come', async () => {
    const host = await createHost({ start: '2026-12-31T12:00:00.000Z' })
    const { accountId } = await subscribe(host, 'starter', 2, { email: 'grace@example.com' })
    host.clock.set('2027-01-29T12:00:00.000Z')
    expect((await refused(host, transfer(accountId, 'pro'))).code).toBe('already_subscribed')
    host.clock.set('2027-01-31T12:00:00.000Z')
    expect((await host.tenantry.confirmBankTransfer(transfer(accountId, 'pro'), admin)).account.plan?.slug).toBe('pro')
  })

  test('a yearly plan that is cheaper by the month while a dearer one runs', async () => {
    const { host } = await trial()
    const { accountId } = await subscribe(host, 'starter', 1, { email: 'grace@example.com' })
    expect((await refused(host, transfer(accountId, 'annual', 12))).code).toBe('already_subscribed')
  })
})

describe('confirmBankTransfer refuses as input', () => {
  const wrong: WrongInputs = [
    ['an empty reference', { externalPaymentId: '' }],
    ['a reference of spaces', { externalPaymentId: '   ' }],
    ['a reference of 101 characters', { externalPaymentId: 'r'.repeat(101) }],
    ['a reference with a line break', { externalPaymentId: 'BANK\n7' }],
    ['an amount that is a number', { amount: 29.99 }],
    ['a negative amount', { amount: '-29.99' }],
    ['an amount with a sign', { amount: '+29.99' }],
    ['an amount with a comma', { amount: '29,99' }],
    ['an amount with an exponent', { amount: '2e1' }],
    ['an amount with grouping', { amount: '1,000.00' }],
    ['an amount with a leading zero', { amount: '029.99' }],
    ['an amount with spaces', { amount: ' 29.99' }],
    ['an amount in other digits', { amount: '２９.99' }],
    ['an amount that ends in a point', { amount: '29.' }],
    ['more decimals than the currency has', { amount: '29.990' }],
    ['an amount of sixteen digits', { amount: '1234567890123456' }],
    ['a currency in lower case', { currency: 'usd' }],
    ['a currency that is none', { currency: 'XXX' }],
    ['no payer', { payerName: undefined }],
    ['a blank payer', { payerName: ' ' }],
    ['a payer of 201 characters', { payerName: 'p'.repeat(201) }],
    ['no months', { periodMonths: 0 }],
    ['37 months', { periodMonths: 37 }],
    ['a part of a month', { periodMonths: 1.5 }],
    ['months as text', { periodMonths: '1' }],
    ['a plan that is no slug', { planSlug: 'Starter Plan' }],
    ['a proof over http', { proofUrl: 'http://bank.example/7' }],
    ['a proof with a user', { proofUrl: 'https://ada@bank.example/7' }],
    ['a proof with an empty user', { proofUrl: 'https://@bank.example/7' }],
    ['a proof with a password', { proofUrl: 'https://ada:secret@bank.example/7' }],
    ['a proof that is a script', { proofUrl: 'javascript:alert(1)' }],
    ['a proof that is no address', { proofUrl: 'https://' }],
    ['a proof with a space', { proofUrl: 'https://bank.example/a b' }],
    ['a proof of 2,049 characters', { proofUrl: `https://bank.example/${'x'.repeat(2028)}` }],
    ['an accepted amount as a flag', { acceptAmount: true }],
    ['a field that it does not know', { status: 'confirmed' }],
  ]
  test.each(wrong)('%s', async (_, input) => {
    const { host, tenantry, accountId } = await trial()
    const call = () => tenantry.confirmBankTransfer({ ...transfer(accountId), ...input } as never, admin)
    expect(await wrongFieldsOf(host, call)).toEqual(Object.keys(input))
  })

  test('an accepted amount without a reason', async () => {
    const { host, tenantry, accountId } = await trial()
    const call = () => tenantry.confirmBankTransfer({ ...transfer(accountId), acceptAmount: { reason: '' } }, admin)
    expect(await wrongFieldsOf(host, call)).toEqual(['acceptAmount.reason'])
  })

  test('a transfer that names nobody', async () => {
    const { host, tenantry, accountId } = await trial()
    const { accountId: _, ...nobody } = transfer(accountId)
    expect(await wrongFieldsOf(host, () => tenantry.confirmBankTransfer(nobody, admin))).toEqual(['accountId'])
  })

  test('no plan, where the account has none', async () => {
    const { host, tenantry, store, clock } = await trial()
    const account = { id: 'bare', name: 'Bare', status: 'active', paymentMethod: 'stripe', planId: null, ownerId: null } as const
    await store.transaction((tx) => tx.addAccount({ ...account, createdAt: clock() }))
    const { planSlug: _, ...unnamed } = transfer('bare')
    expect(await wrongFieldsOf(host, () => tenantry.confirmBankTransfer(unnamed, admin))).toEqual(['planSlug'])
  })

  test('but takes a proof of 2,048 characters', async () => {
    const { tenantry, accountId } = await trial()
    const proofUrl = `https://bank.example/${'x'.repeat(2027)}`
    expect(proofUrl).toHaveLength(2048)
    expect((await tenantry.confirmBankTransfer({ ...transfer(accountId), proofUrl }, admin)).payment.proofUrl).toBe(proofUrl)
  })

  test('but takes every plan that is sold, for what it costs', async () => {
    const sold = Object.keys(plans).filter((slug) => slug !== 'free-trial') as (keyof typeof plans)[]
    for (const slug of sold) {
      const { host, tenantry, accountId } = await trial()
      const result = await tenantry.confirmBankTransfer(transfer(accountId, slug, plans[slug].billingCycle === 'yearly' ? 12 : 1), admin)
      expect(result.account.plan?.slug).toBe(slug)
      await expectWholeBooks(host, accountId)
    }
  })
})
