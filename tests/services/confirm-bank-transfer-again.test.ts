import type { Payment } from 'tenantry'
import { samples } from 'tenantry/testing'
import { describe, expect, test } from 'vitest'
import { admin, cleanRefusalOf, contentsOf, createHost, expectWholeBooks, type Host, refusalOf, signUp, transfer } from '../support/host.js'

async function trial() {
  const host = await createHost({ start: '2026-03-10T12:00:00.000Z' })
  const { account } = await signUp(host)
  return { host, accountId: account.id, ...host }
}

const conflict = (externalPaymentId: string) => ({ code: 'payment_reference_conflict', details: { externalPaymentId } })

describe('confirmBankTransfer, asked again', () => {
  test('answers the first result, dates and all, whatever came after', async () => {
    const { host, tenantry, clock, accountId } = await trial()
    const sent = { ...transfer(accountId, 'starter', 2), proofUrl: 'https://bank.example/7', acceptAmount: { reason: 'agreed' } }
    const first = await tenantry.confirmBankTransfer(sent, admin)
    expect(first.replayed).toBe(false)
    clock.advance({ days: 5 })
    await tenantry.spendCredits({ accountId, amount: 77, idempotencyKey: 'k', operation: 'o' })
    clock.set(first.periodEnd)
    await tenantry.confirmBankTransfer(transfer(accountId, 'pro'), admin)
    await tenantry.setPlanActive({ slug: 'starter', isActive: false }, admin)
    clock.advance({ days: 500 })
    await tenantry.cancelAccount({ accountId, reason: 'gone' }, admin)
    const before = await contentsOf(host)
    const again = await tenantry.confirmBankTransfer(sent, { type: 'admin', id: 'staff-2' })
    expect(again).toEqual({ ...first, replayed: true })
    expect(again.periodEnd).toBeInstanceOf(Date)
    expect(await contentsOf(host)).toEqual(before)
    await expectWholeBooks(host, accountId)
  })

  test('knows the reference whatever its case and spaces, and the amount whatever its zeros', async () => {
    const { host, tenantry, accountId } = await trial()
    const sent = { ...transfer(accountId, 'annual', 12), externalPaymentId: 'Sepa 2026 ab', amount: '299.00' }
    const first = await tenantry.confirmBankTransfer(sent, admin)
    const before = await contentsOf(host)
    const spelled = { ...sent, externalPaymentId: '  SEPA2026 AB ', amount: '299', proofUrl: null }
    expect(await tenantry.confirmBankTransfer(spelled, admin)).toEqual({ ...first, replayed: true })
    expect(await contentsOf(host)).toEqual(before)
  })

  test('takes the account and its subscription for the same', async () => {
    const { tenantry, accountId } = await trial()
    const { accountId: _, ...rest } = transfer(accountId)
    const first = await tenantry.confirmBankTransfer(transfer(accountId), admin)
    const subscriptionId = first.subscription.id
    expect(await tenantry.confirmBankTransfer({ ...rest, subscriptionId }, admin)).toEqual({ ...first, replayed: true })
  })

  test('by many at the same time pays once', async () => {
    const { host, tenantry, accountId } = await trial()
    const results = await Promise.all(Array.from({ length: 20 }, () => tenantry.confirmBankTransfer(transfer(accountId), admin)))
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(new Set(results.map(({ payment }) => payment.id)).size).toBe(1)
    expect((await tenantry.listPayments({ accountId })).items).toHaveLength(1)
    await expectWholeBooks(host, accountId)
  })

  test('without what may be left out, or with the default named, is the same transfer', async () => {
    const { tenantry, accountId } = await trial()
    const { periodMonths: _, ...sent } = transfer(accountId)
    const first = await tenantry.confirmBankTransfer({ ...sent, proofUrl: 'https://bank.example/7' }, admin)
    const { planSlug: __, ...less } = sent
    const repeats = [less, { ...sent, periodMonths: 1 }, { ...sent, currency: 'USD' }, { ...sent, paymentId: first.payment.id }]
    for (const repeat of repeats) expect(await tenantry.confirmBankTransfer(repeat, admin)).toEqual({ ...first, replayed: true })
  })

  test.each([
    { amount: '89.97', periodMonths: 3 },
    { planSlug: 'pro', amount: '99.99' },
    { payerName: 'Somebody Else' },
    { proofUrl: 'https://bank.example/8' },
    { acceptAmount: { reason: 'agreed' } },
  ])('with other content (%o) is refused', async (other) => {
    const { host, tenantry, accountId } = await trial()
    const sent = transfer(accountId)
    await tenantry.confirmBankTransfer(sent, admin)
    const call = () => tenantry.confirmBankTransfer({ ...sent, ...other }, admin)
    expect(await cleanRefusalOf(host, call)).toEqual(conflict(sent.externalPaymentId))
  })

  test('for another account is refused, also spelled differently', async () => {
    const { host, tenantry, accountId } = await trial()
    const other = await signUp(host, { email: 'grace@example.com' })
    await tenantry.confirmBankTransfer({ ...transfer(accountId), externalPaymentId: 'ref 1' }, admin)
    const stolen = { ...transfer(other.account.id), externalPaymentId: 'REF1' }
    expect(await cleanRefusalOf(host, () => tenantry.confirmBankTransfer(stolen, admin))).toEqual(conflict('REF1'))
  })

  test('for two accounts at the same time pays one of them', async () => {
    const { host, tenantry, accountId } = await trial()
    const other = await signUp(host, { email: 'grace@example.com' })
    const calls = [accountId, other.account.id].map((id) =>
      tenantry.confirmBankTransfer({ ...transfer(id), externalPaymentId: 'ref 1' }, admin),
    )
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((await tenantry.listPayments()).items).toHaveLength(1)
  })

  test('after a refusal is a first time', async () => {
    const { tenantry, accountId } = await trial()
    const sent = transfer(accountId)
    await refusalOf(tenantry.confirmBankTransfer({ ...sent, amount: '1.00' }, admin))
    expect((await tenantry.confirmBankTransfer(sent, admin)).replayed).toBe(false)
  })
})

describe('confirmBankTransfer for a payment that was asked for', () => {
  /** As asking for a transfer leaves it. */
  const request = async ({ store }: Host, overrides: Partial<Payment> & { accountId: string }): Promise<string> => {
    const planId = (await store.findPlanBySlug('starter'))?.id ?? null
    const recorded = samples.recordedPayment({ id: 'asked-1', planId, ...overrides })
    await store.transaction(async (tx) => {
      await tx.lockAccount(overrides.accountId)
      await tx.savePayment(recorded)
    })
    return recorded.payment.id
  }

  test('confirms that payment, and keeps its reference, its proof and its day', async () => {
    const { host, tenantry, clock, accountId } = await trial()
    const createdAt = new Date('2026-03-01T00:00:00.000Z')
    const proofUrl = 'https://bank.example/slip'
    const paymentId = await request(host, { accountId, reference: 'TNT-4711', createdAt, proofUrl, status: 'submitted' })
    const { accountId: _, ...rest } = transfer(accountId)
    const first = await tenantry.confirmBankTransfer({ ...rest, paymentId }, admin)
    expect(first.payment).toMatchObject({
      id: paymentId,
      accountId,
      status: 'confirmed',
      reference: 'TNT-4711',
      externalPaymentId: rest.externalPaymentId,
      proofUrl,
      createdAt,
      decidedAt: clock(),
    })
    expect((await tenantry.listPayments({ accountId })).items).toEqual([first.payment])
    expect(await tenantry.confirmBankTransfer({ ...rest, paymentId }, admin)).toEqual({ ...first, replayed: true })
    await expectWholeBooks(host, accountId)
  })

  test.each(['confirmed', 'rejected', 'refunded'] as const)('refuses one that is %s', async (status) => {
    const { host, tenantry, accountId } = await trial()
    const paymentId = await request(host, { accountId, status })
    const call = () => tenantry.confirmBankTransfer({ ...transfer(accountId), paymentId }, admin)
    expect(await cleanRefusalOf(host, call)).toEqual({ code: 'payment_closed', details: { paymentId, status } })
  })

  test('refuses to confirm it a second time with another reference', async () => {
    const { host, tenantry, accountId } = await trial()
    const paymentId = await request(host, { accountId })
    const sent = { ...transfer(accountId), paymentId }
    await tenantry.confirmBankTransfer(sent, admin)
    const call = () => tenantry.confirmBankTransfer({ ...sent, externalPaymentId: 'another' }, admin)
    expect(await cleanRefusalOf(host, call)).toEqual({ code: 'payment_closed', details: { paymentId, status: 'confirmed' } })
  })

  test('refuses another account’s payment, and one by another method, as if it were not there', async () => {
    const { host, tenantry, accountId } = await trial()
    const other = await signUp(host, { email: 'grace@example.com' })
    const foreign = await request(host, { id: 'foreign', accountId: other.account.id })
    const card = await request(host, { id: 'card', accountId, method: 'stripe' })
    for (const paymentId of [foreign, card]) {
      const call = () => tenantry.confirmBankTransfer({ ...transfer(accountId), paymentId }, admin)
      expect(await cleanRefusalOf(host, call)).toEqual({ code: 'payment_not_found', details: { paymentId } })
    }
  })
})
