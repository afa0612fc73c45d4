import { type Actor, transferReferenceProblem } from 'tenantry'
import { describe, expect, test } from 'vitest'
import { admin, contentsOf, createHost, expectWholeBooks, type HostOptions, signUp, subscribe, system } from '../support/host.js'
import { days, eventsOf, trial } from '../support/transfers.js'
import { wrappedStore } from '../support/wrapped-store.js'

describe('requestBankTransfer', () => {
  test('says what is due, until when and under which reference', async () => {
    const { host, tenantry, accountId, owner, asked, clock } = await trial()
    const { payment } = await tenantry.requestBankTransfer(asked, owner)
    const plan = (await tenantry.listPlans()).items.find(({ slug }) => slug === 'starter')
    expect(payment).toEqual({
      id: expect.any(String),
      accountId,
      method: 'bank_transfer',
      status: 'requested',
      reference: expect.any(String),
      externalPaymentId: null,
      amount: { amountMinor: 8997, currency: 'USD' },
      periodMonths: 3,
      planId: plan?.id,
      dueAt: days(14),
      payerName: null,
      proofUrl: null,
      decidedBy: null,
      decidedAt: null,
      reason: null,
      createdAt: clock(),
    })
    expect(transferReferenceProblem(payment.reference)).toBeNull()
    expect((await tenantry.listPayments({ accountId, status: 'requested' })).items).toEqual([payment])
    await expectWholeBooks(host, accountId)
  })

  test('lets an account on trial wait for its payment, with access until that is due', async () => {
    const { tenantry, accountId, owner, asked, clock } = await trial()
    clock.advance({ days: 10 })
    const { payment } = await tenantry.requestBankTransfer(asked, owner)
    expect(payment.dueAt).toEqual(days(24))
    const { account, subscription } = await tenantry.getAccount({ accountId })
    expect(account).toMatchObject({ status: 'pending_payment', plan: { slug: 'free-trial' } })
    expect(subscription).toMatchObject({ status: 'pending_payment', currentPeriodEnd: days(24) })
    clock.set(new Date(days(24).getTime() - 1))
    expect(await tenantry.validateAccountAndPlan({ accountId })).toMatchObject({ ok: true })
    clock.set(days(24))
    expect(await tenantry.validateAccountAndPlan({ accountId })).toMatchObject({ ok: false, code: 'payment_overdue' })
  })

  test('takes nothing of a trial that lasts longer', async () => {
    const { tenantry, accountId, owner, asked } = await trial({ billing: { paymentDueDays: 3 } })
    const { payment } = await tenantry.requestBankTransfer(asked, owner)
    expect(payment.dueAt).toEqual(days(3))
    expect((await tenantry.getAccount({ accountId })).subscription?.currentPeriodEnd).toEqual(days(14))
  })

  test('takes nothing of the grace after a paid period, and settles what that has left', async () => {
    const host = await createHost({ start: '2026-03-10T12:00:00.000Z', billing: { paymentDueDays: 2 } })
    const { accountId, periodEnd } = await subscribe(host)
    host.clock.set(new Date(periodEnd.getTime() + 86_400_000))
    await host.tenantry.requestBankTransfer({ accountId, planSlug: 'starter', periodMonths: 1 }, system)
    const { account, subscription } = await host.tenantry.getAccount({ accountId })
    expect(account).toMatchObject({ status: 'pending_payment', credits: 0 })
    expect(subscription).toMatchObject({ status: 'pending_payment', currentPeriodEnd: days(7, periodEnd.toISOString()) })
    await expectWholeBooks(host, accountId)
  })

  test('leaves an account whose paid time runs as it is', async () => {
    const host = await createHost({ start: '2026-03-10T12:00:00.000Z' })
    const { accountId } = await subscribe(host)
    const before = await host.tenantry.getAccount({ accountId })
    await host.tenantry.requestBankTransfer({ accountId, planSlug: 'starter', periodMonths: 1 }, system)
    expect(await host.tenantry.getAccount({ accountId })).toEqual(before)
  })

  test('lets a suspended account ask, which stays suspended', async () => {
    const { tenantry, accountId, owner, asked } = await trial()
    await tenantry.suspendAccount({ accountId, reason: 'did not pay' }, admin)
    await tenantry.requestBankTransfer(asked, owner)
    expect((await tenantry.getAccount({ accountId })).account).toMatchObject({ status: 'suspended', statusReason: 'did not pay' })
    const { account } = await tenantry.reinstateAccount({ accountId, reason: 'will pay' }, admin)
    expect(account.status).toBe('pending_payment')
  })

  test('leaves an overdue subscription overdue: asking gives no access', async () => {
    const { tenantry, store, clock, accountId, asked, owner } = await trial()
    await tenantry.requestBankTransfer(asked, owner)
    clock.advance({ days: 15 })
    await store.transaction(async (tx) => {
      const held = await tx.lockAccount(accountId)
      if (held?.subscription) await tx.saveSubscription({ ...held.subscription, status: 'past_due' })
    })
    await tenantry.requestBankTransfer({ ...asked, periodMonths: 1 }, owner)
    expect(await tenantry.getAccount({ accountId })).toMatchObject({
      account: { status: 'pending_payment' },
      subscription: { status: 'past_due', currentPeriodEnd: days(14) },
    })
    expect(await tenantry.validateAccountAndPlan({ accountId })).toMatchObject({ ok: false, code: 'payment_overdue' })
  })

  test('can be made for an account that has neither plan nor subscription', async () => {
    const { host, tenantry, store, clock } = await trial()
    const bare = { id: 'bare', name: 'Bare', status: 'active', paymentMethod: 'stripe', planId: null, ownerId: null } as const
    await store.transaction((tx) => tx.addAccount({ ...bare, createdAt: clock() }))
    const { payment } = await tenantry.requestBankTransfer({ accountId: 'bare', planSlug: 'starter' }, system)
    expect(await tenantry.getAccount({ accountId: 'bare' })).toMatchObject({ account: { status: 'pending_payment' }, subscription: null })
    const came = { paymentId: payment.id, externalPaymentId: 'B', amount: '29.99', payerName: 'Bare' }
    expect(await tenantry.confirmBankTransfer(came, admin)).toMatchObject({ account: { status: 'active' }, credits: 5000 })
    await expectWholeBooks(host, 'bare')
  })

  test('asks for one billing cycle when no months are named, in the currency that is named', async () => {
    const { tenantry, accountId, owner } = await trial()
    const year = await tenantry.requestBankTransfer({ accountId, planSlug: 'annual' }, owner)
    expect(year.payment).toMatchObject({ periodMonths: 12, amount: { amountMinor: 29_900, currency: 'USD' } })
    const yen = await tenantry.requestBankTransfer({ accountId, planSlug: 'global', periodMonths: 2, currency: 'JPY' }, owner)
    expect(yen.payment).toMatchObject({ amount: { amountMinor: 800_000, currency: 'JPY' } })
  })

  test.each(['owner', 'manager', 'admin', 'system'])('can be asked by the %s', async (who) => {
    const { host, tenantry, store, clock, accountId, owner, asked } = await trial()
    const other = await signUp(host, { email: 'manager@example.com' })
    await store.addMembership({ accountId, userId: other.user.id, role: 'admin', createdAt: clock() })
    const actors: Record<string, Actor> = { owner, manager: { type: 'user', id: other.user.id }, admin, system }
    await tenantry.requestBankTransfer(asked, actors[who] ?? admin)
    expect((await tenantry.listAuditEntries({ accountId })).items[0]).toMatchObject({ action: 'requestBankTransfer', actor: actors[who] })
  })

  test('is written down and told, in the same commit', async () => {
    const { host, tenantry, accountId, owner, asked } = await trial()
    const { payment } = await tenantry.requestBankTransfer(asked, owner)
    const facts = { paymentId: payment.id, planSlug: 'starter', amountMinor: 8997, currency: 'USD', periodMonths: 3 }
    const due = { reference: payment.reference, dueAt: days(14).toISOString() }
    expect((await tenantry.listAuditEntries({ accountId })).items[0]).toMatchObject({
      before: { status: 'trial', subscription: 'trialing' },
      after: { status: 'pending_payment', subscription: 'pending_payment', ...facts, ...due, replaced: null },
    })
    expect((await eventsOf(host, accountId)).at(-1)).toMatchObject({ name: 'payment.requested', data: { ...facts, ...due } })
  })
})

describe('a store that fails', () => {
  const verbs = ['claimTransferReference', 'savePayment', 'saveSubscription', 'saveLedger', 'saveAccount', 'addAuditEntry', 'addEvents']
  test.each(verbs)('at %s leaves nothing behind, and can be asked again', async (failing) => {
    let isBroken = false
    const wrap: HostOptions['wrap'] = (store) =>
      wrappedStore(store, ({ verb }, proceed) => (isBroken && verb === failing ? Promise.reject(new Error('disk full')) : proceed()))
    const { host, tenantry, owner, asked } = await trial({ wrap })
    const before = await contentsOf(host)
    isBroken = true
    await expect(tenantry.requestBankTransfer(asked, owner)).rejects.toThrow('disk full')
    isBroken = false
    expect(await contentsOf(host)).toEqual(before)
    expect((await tenantry.requestBankTransfer(asked, owner)).payment.status).toBe('requested')
  })
})
