import { describe, expect, test } from 'vitest'
import { admin, contentsOf, createHost, expectWholeBooks, ledgerOf, movesOf, signUp, subscribe, transfer } from '../support/host.js'
import { wrappedStore } from '../support/wrapped-store.js'

async function trial() {
  const host = await createHost({ start: '2026-03-10T12:00:00.000Z' })
  const { account, subscription } = await signUp(host)
  return { host, account, accountId: account.id, subscriptionId: subscription.id, ...host }
}

describe('confirmBankTransfer for an account on trial', () => {
  test('gives the account what it paid for', async () => {
    const { host, tenantry, clock, account, accountId, subscriptionId } = await trial()
    clock.advance({ days: 3 })
    const now = clock()
    const end = new Date('2026-04-13T12:00:00.000Z')
    const proofUrl = 'https://bank.example/slips/7.pdf'
    const result = await tenantry.confirmBankTransfer({ ...transfer(accountId), proofUrl }, admin)
    const plan = (await tenantry.listPlans()).items.find(({ slug }) => slug === 'starter')
    expect(result).toEqual({
      payment: {
        id: expect.any(String),
        accountId,
        method: 'bank_transfer',
        status: 'confirmed',
        reference: transfer(accountId).externalPaymentId,
        externalPaymentId: transfer(accountId).externalPaymentId,
        amount: { amountMinor: 2999, currency: 'USD' },
        periodMonths: 1,
        payerName: 'Ada Lovelace',
        proofUrl,
        decidedBy: admin,
        decidedAt: now,
        reason: null,
        createdAt: now,
      },
      plan,
      account: { ...account, status: 'active', paymentMethod: 'bank_transfer', plan, credits: 5000 },
      subscription: {
        id: subscriptionId,
        accountId,
        planId: plan?.id,
        status: 'active',
        paymentMethod: 'bank_transfer',
        externalPaymentId: transfer(accountId).externalPaymentId,
        stripeSubscriptionId: null,
        currentPeriodStart: now,
        currentPeriodEnd: end,
        billingAnchor: now,
        nextCreditsAt: null,
        cancelAtPeriodEnd: false,
        pendingPlanId: null,
        pendingPlanAt: null,
        createdAt: account.createdAt,
        updatedAt: now,
      },
      credits: 5000,
      creditsGranted: 5000,
      periodStart: now,
      periodEnd: end,
      replayed: false,
      receipt: expect.objectContaining({ number: 'R-2026-000001', paymentId: result.payment.id }),
    })
    expect(await tenantry.getAccount({ accountId })).toEqual({ account: result.account, subscription: result.subscription })
    expect((await tenantry.listPayments({ accountId })).items).toEqual([result.payment])
    expect(await tenantry.validateAccountAndPlan({ accountId })).toMatchObject({ ok: true, plan })
    await expectWholeBooks(host, accountId)
  })

  test('lets what is left of the trial credits lapse with an entry of its own, and keeps what was bought or given', async () => {
    const { host, tenantry, accountId } = await trial()
    await tenantry.spendCredits({ accountId, amount: 300, idempotencyKey: 'spend', operation: 'o' })
    await tenantry.grantCredits({ accountId, amount: 400, type: 'purchase', idempotencyKey: 'buy' }, admin)
    const gift = { accountId, amount: 50, type: 'promotion', idempotencyKey: 'gift', expiresAt: new Date('2027-01-01') } as const
    await tenantry.grantCredits(gift, admin)
    const { credits, creditsGranted } = await tenantry.confirmBankTransfer(transfer(accountId), admin)
    expect({ credits, creditsGranted }).toEqual({ credits: 5450, creditsGranted: 5000 })
    expect(await movesOf(host, accountId)).toEqual([
      ['subscription', 2000, 2000],
      ['usage', -300, 1700],
      ['purchase', 400, 2100],
      ['promotion', 50, 2150],
      ['expiration', -1700, 450],
      ['subscription', 5000, 5450],
    ])
    const entries = await ledgerOf(host, accountId)
    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6])
    expect(entries[4]?.metadata).toMatchObject({ lotId: entries[0]?.id })
    await expectWholeBooks(host, accountId)
  })

  test('works at the very moment of the sign-up', async () => {
    const { host, tenantry, clock, accountId } = await trial()
    const { periodStart, credits } = await tenantry.confirmBankTransfer(transfer(accountId), admin)
    expect({ periodStart, credits }).toEqual({ periodStart: clock(), credits: 5000 })
    await expectWholeBooks(host, accountId)
  })

  test('has nothing to let lapse when the trial credits are spent', async () => {
    const { host, tenantry, accountId } = await trial()
    await tenantry.spendCredits({ accountId, amount: 2000, idempotencyKey: 'spend', operation: 'o' })
    await tenantry.confirmBankTransfer(transfer(accountId), admin)
    expect(await movesOf(host, accountId)).toEqual([
      ['subscription', 2000, 2000],
      ['usage', -2000, 0],
      ['subscription', 5000, 5000],
    ])
  })

  test('lets the account go on after its trial has ended', async () => {
    const { host, tenantry, clock, accountId } = await trial()
    clock.advance({ days: 60 })
    expect(await tenantry.validateAccountAndPlan({ accountId })).toMatchObject({ ok: false, code: 'trial_expired' })
    const { periodStart, credits } = await tenantry.confirmBankTransfer(transfer(accountId), admin)
    expect({ periodStart, credits }).toEqual({ periodStart: clock(), credits: 5000 })
    expect(await tenantry.validateAccountAndPlan({ accountId })).toMatchObject({ ok: true })
    await expectWholeBooks(host, accountId)
  })

  test('grants nothing for a plan without credits', async () => {
    const { host, tenantry, accountId } = await trial()
    const talk = { name: 'Talk', prices: [{ amountMinor: 500, currency: 'USD' }], billingCycle: 'monthly', limits: {} } as const
    await tenantry.syncPlans({ talk: { ...talk, includedCredits: 0 } })
    const result = await tenantry.confirmBankTransfer({ ...transfer(accountId), planSlug: 'talk', amount: '5.00' }, admin)
    expect(result).toMatchObject({ credits: 0, creditsGranted: 0 })
    await expectWholeBooks(host, accountId)
  })
})

describe('confirmBankTransfer, for whom', () => {
  test('takes the subscription for the account that has it', async () => {
    const { tenantry, accountId, subscriptionId } = await trial()
    const { accountId: _, ...rest } = transfer(accountId)
    const result = await tenantry.confirmBankTransfer({ ...rest, subscriptionId }, admin)
    expect(result.account.id).toBe(accountId)
  })

  test('takes an account and its own subscription together', async () => {
    const { tenantry, accountId, subscriptionId } = await trial()
    const result = await tenantry.confirmBankTransfer({ ...transfer(accountId), subscriptionId }, admin)
    expect(result.subscription.id).toBe(subscriptionId)
  })

  test('makes a subscription for an account that has none', async () => {
    const { host, tenantry, store, clock } = await trial()
    const account = { id: 'bare', name: 'Bare', status: 'active', paymentMethod: 'stripe', planId: null, ownerId: null } as const
    await store.transaction((tx) => tx.addAccount({ ...account, createdAt: clock() }))
    const result = await tenantry.confirmBankTransfer(transfer('bare'), admin)
    expect(result).toMatchObject({ credits: 5000, subscription: { accountId: 'bare', status: 'active', createdAt: clock() } })
    await expectWholeBooks(host, 'bare')
  })

  test('takes the plan of the account when none is named', async () => {
    const { host, tenantry, clock } = await trial()
    const { accountId } = await subscribe(host, 'pro', 1, { email: 'grace@example.com' })
    clock.advance({ days: 40 })
    const { planSlug: _, ...rest } = transfer(accountId, 'pro', 2)
    expect((await tenantry.confirmBankTransfer(rest, admin)).account.plan?.slug).toBe('pro')
  })
})

describe('confirmBankTransfer and the record', () => {
  test('writes down who confirmed, and what changed', async () => {
    const { tenantry, clock, accountId } = await trial()
    const { payment, periodEnd } = await tenantry.confirmBankTransfer(transfer(accountId), admin)
    expect((await tenantry.listAuditEntries({ accountId })).items).toEqual([
      {
        id: expect.any(String),
        accountId,
        actor: admin,
        action: 'confirmBankTransfer',
        reason: null,
        before: { status: 'trial', plan: 'free-trial', credits: 2000, periodEnd: '2026-03-24T12:00:00.000Z' },
        after: {
          status: 'active',
          plan: 'starter',
          credits: 5000,
          periodEnd: periodEnd.toISOString(),
          paymentId: payment.id,
          externalPaymentId: payment.externalPaymentId,
        },
        createdAt: clock(),
      },
    ])
  })

  test.each(['claimPaymentReference', 'saveSubscription', 'saveLedger', 'saveAccount', 'savePayment', 'addAuditEntry'])(
    'leaves nothing behind when the store fails at %s, and can be asked again',
    async (failing) => {
      let isBroken = false
      const host = await createHost({
        wrap: (store) =>
          wrappedStore(store, ({ verb }, proceed) => (isBroken && verb === failing ? Promise.reject(new Error('disk full')) : proceed())),
      })
      const { account } = await signUp(host)
      const before = await contentsOf(host)
      isBroken = true
      await expect(host.tenantry.confirmBankTransfer(transfer(account.id), admin)).rejects.toThrow('disk full')
      isBroken = false
      expect(await contentsOf(host)).toEqual(before)
      expect(await host.tenantry.confirmBankTransfer(transfer(account.id), admin)).toMatchObject({ replayed: false, credits: 5000 })
      await expectWholeBooks(host, account.id)
    },
  )
})
