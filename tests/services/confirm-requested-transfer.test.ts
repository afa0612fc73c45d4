import { type Actor, isTenantryError, printedTransferReference } from 'tenantry'
import { describe, expect, test } from 'vitest'
import { admin, cleanRefusalOf, contentsOf, createHost, expectWholeBooks, plans, signUp, transfer, wrongFieldsOf } from '../support/host.js'

/** A customer who has been asked for three months of starter: 89.97 USD. */
async function asked() {
  const host = await createHost({ start: '2026-03-10T12:00:00.000Z' })
  const { account, user } = await signUp(host)
  const owner: Actor = { type: 'user', id: user.id }
  const accountId = account.id
  const { payment } = await host.tenantry.requestBankTransfer({ accountId, planSlug: 'starter', periodMonths: 3 }, owner)
  host.clock.advance({ days: 2 })
  const came = { externalPaymentId: 'SEPA 4711', amount: '89.97', payerName: 'Ada Lovelace' }
  const confirm = (input: object, actor: Actor = admin) => host.tenantry.confirmBankTransfer({ ...came, ...input }, actor)
  const refused = (input: object, actor?: Actor) => cleanRefusalOf(host, () => confirm(input, actor))
  return { host, accountId, userId: user.id, owner, payment, paymentId: payment.id, confirm, refused, ...host }
}

const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' })

describe('confirmBankTransfer of a requested transfer', () => {
  test.each(['paymentId', 'reference', 'accountId', 'subscriptionId'] as const)(
    'takes plan, months and amount from the request, by its %s',
    async (name) => {
      const { host, tenantry, clock, accountId, payment, paymentId, confirm } = await asked()
      const { subscription } = await tenantry.getAccount({ accountId })
      const named = { paymentId, reference: payment.reference, accountId, subscriptionId: subscription?.id }[name]
      const result = await confirm({ [name]: named })
      expect(result).toMatchObject({
        payment: {
          ...payment,
          status: 'confirmed',
          externalPaymentId: 'SEPA 4711',
          payerName: 'Ada Lovelace',
          decidedBy: admin,
          decidedAt: clock(),
        },
        account: { status: 'active', plan: { slug: 'starter' } },
        subscription: { status: 'active', currentPeriodEnd: new Date('2026-06-12T12:00:00.000Z') },
        creditsGranted: 5000,
        replayed: false,
      })
      expect((await tenantry.listPayments({ accountId })).items).toEqual([result.payment])
      await expectWholeBooks(host, accountId)
      const before = await contentsOf(host)
      for (const again of [{ paymentId }, { accountId }, { reference: payment.reference }]) {
        expect(await confirm(again)).toEqual({ ...result, replayed: true })
      }
      expect(await contentsOf(host)).toEqual(before)
    },
  )

  test('knows the reference in every spelling, and beside the payment and the account', async () => {
    const { accountId, payment, paymentId, confirm } = await asked()
    const reference = `  ${printedTransferReference(payment.reference).toLowerCase().replaceAll(' ', '-')} `
    expect((await confirm({ accountId, paymentId, reference })).payment.id).toBe(paymentId)
  })

  test('names a reference with a wrong check digit, or that is none', async () => {
    const { host, tenantry, payment, confirm } = await asked()
    const last = payment.reference.endsWith('B') ? 'C' : 'B'
    const mistyped = payment.reference.slice(0, -1) + last
    for (const reference of [mistyped, 'BT-1', '']) expect(await wrongFieldsOf(host, () => confirm({ reference }))).toEqual(['reference'])
    await expect(confirm({ reference: mistyped })).rejects.toThrow('wrong check digit')
    expect((await tenantry.listPayments({ status: 'confirmed' })).items).toEqual([])
  })

  test('refuses a right reference that nobody was given, and one of another payment or account', async () => {
    const { host, tenantry, accountId, payment, paymentId, refused } = await asked()
    const other = await signUp(host, { email: 'grace@example.com' })
    const foreign = await tenantry.requestBankTransfer({ accountId: other.account.id, planSlug: 'starter', periodMonths: 3 }, admin)
    const { reference } = foreign.payment
    expect(await refused({ reference: 'RF02KTMBNQXZ' })).toEqual({ code: 'payment_not_found', details: { paymentId: 'RF02KTMBNQXZ' } })
    expect(await refused({ paymentId, reference })).toEqual({ code: 'payment_not_found', details: { paymentId } })
    expect((await refused({ accountId, reference })).code).toBe('payment_not_found')
    expect((await refused({ accountId: other.account.id, reference: payment.reference })).code).toBe('payment_not_found')
  })

  test.each(['89.96', '29.99', '89.98', '100.00'])('refuses %s with both figures, and takes it with a reason', async (amount) => {
    const { tenantry, accountId, paymentId, confirm, refused } = await asked()
    const received = usd(Math.round(Number(amount) * 100))
    const mismatch = { code: 'amount_mismatch', details: { expected: usd(8997), received, planSlug: 'starter' } }
    expect(await refused({ paymentId, amount })).toEqual(mismatch)
    expect(await refused({ accountId, amount })).toEqual(mismatch)
    await expect(confirm({ paymentId, amount })).rejects.toThrow(`comes to 89.97 USD, but ${amount} USD was named`)
    const accepted = await confirm({ paymentId, amount, acceptAmount: { reason: 'bank fees' } })
    expect(accepted).toMatchObject({ payment: { amount: received, reason: 'bank fees', periodMonths: 3 }, account: { status: 'active' } })
    expect((await tenantry.listAuditEntries({ accountId })).items[0]).toMatchObject({ action: 'confirmBankTransfer', reason: 'bank fees' })
  })

  test('refuses another currency, also with an accepted amount, and too many decimals', async () => {
    const { host, paymentId, confirm, refused } = await asked()
    const mismatch = { code: 'currency_mismatch', details: { received: 'EUR', accepted: ['USD'] } }
    expect(await refused({ paymentId, currency: 'EUR' })).toEqual(mismatch)
    expect(await refused({ paymentId, currency: 'EUR', acceptAmount: { reason: 'close' } })).toEqual(mismatch)
    expect(await wrongFieldsOf(host, () => confirm({ paymentId, amount: '89.970' }))).toEqual(['amount'])
  })

  test('refuses another plan and other months, by the payment and by the account, with a word about what helps', async () => {
    const { host, accountId, paymentId, confirm } = await asked()
    for (const named of [{ paymentId }, { accountId }]) {
      const wrong = (input: object) => wrongFieldsOf(host, () => confirm({ ...named, ...input }))
      expect(await wrong({ planSlug: 'pro' })).toEqual(['planSlug'])
      expect(await wrong({ planSlug: 'gold' })).toEqual(['planSlug'])
      expect(await wrong({ periodMonths: 1 })).toEqual(['periodMonths'])
      expect(await wrong({ planSlug: 'pro', periodMonths: 1 })).toEqual(['planSlug', 'periodMonths'])
    }
    await expect(confirm({ accountId, planSlug: 'pro' })).rejects.toThrow('reject that first')
    expect((await confirm({ accountId, planSlug: 'starter', periodMonths: 3, currency: 'USD' })).payment.id).toBe(paymentId)
  })

  test('takes what was asked for, whatever the plan costs by now', async () => {
    const { tenantry, paymentId, confirm, refused } = await asked()
    await tenantry.syncPlans({ starter: { ...plans.starter, prices: [usd(9999)] } })
    expect((await refused({ paymentId, amount: '299.97' })).code).toBe('amount_mismatch')
    expect((await confirm({ paymentId })).payment.amount).toEqual(usd(8997))
  })

  test('takes it also when the plan is not sold in that currency any more', async () => {
    const { tenantry, paymentId, confirm } = await asked()
    await tenantry.syncPlans({ starter: { ...plans.starter, prices: [{ amountMinor: 2500, currency: 'EUR' }] } })
    expect((await confirm({ paymentId })).payment.amount).toEqual(usd(8997))
  })

  test('refuses a plan that was taken off sale, and a cancelled account', async () => {
    const { tenantry, accountId, owner, paymentId, refused } = await asked()
    await tenantry.setPlanActive({ slug: 'starter', isActive: false }, admin)
    expect(await refused({ paymentId })).toEqual({ code: 'plan_inactive', details: { planSlug: 'starter' } })
    await tenantry.cancelAccount({ accountId, reason: 'gone' }, owner)
    expect(await refused({ paymentId })).toEqual({ code: 'account_cancelled', details: { accountId } })
  })

  test('refuses a plan that is not there any more', async () => {
    const { store } = await asked()
    const host = await createHost({
      store: { ...store, transaction: (work) => store.transaction((tx) => work({ ...tx, findPlanById: async () => null })) },
    })
    const { items } = await host.tenantry.listPayments({ status: 'requested' })
    const call = host.tenantry.confirmBankTransfer(
      { paymentId: items[0]?.id, externalPaymentId: 'B', amount: '89.97', payerName: 'Ada' },
      admin,
    )
    await expect(call).rejects.toSatisfy((error: unknown) => isTenantryError(error, 'plan_not_found'))
  })

  test('refuses the account’s own people, by the payment and the reference too', async () => {
    const { userId, payment, paymentId, refused } = await asked()
    for (const named of [{ paymentId }, { reference: payment.reference }]) {
      expect((await refused(named, { type: 'user', id: userId })).code).toBe('forbidden')
      expect((await refused(named, { type: 'admin', id: userId })).code).toBe('forbidden')
    }
  })

  test('keeps the customer’s proof unless another is named', async () => {
    const { tenantry, owner, paymentId, confirm } = await asked()
    const proofUrl = 'https://bank.example/slip'
    await tenantry.submitBankTransfer({ paymentId, externalPaymentId: 'guess', payerName: 'A. L.', proofUrl }, owner)
    const { payment } = await confirm({ paymentId })
    expect(payment).toMatchObject({ externalPaymentId: 'SEPA 4711', payerName: 'Ada Lovelace', proofUrl })
  })

  test('brings back an account that was overdue or suspended', async () => {
    for (const isSuspended of [false, true]) {
      const { tenantry, clock, accountId, paymentId, confirm } = await asked()
      clock.advance({ days: 30 })
      if (isSuspended) await tenantry.suspendAccount({ accountId, reason: 'did not pay' }, admin)
      expect(await tenantry.validateAccountAndPlan({ accountId })).toMatchObject({ ok: false })
      expect((await confirm({ paymentId })).periodStart).toEqual(clock())
      expect(await tenantry.validateAccountAndPlan({ accountId })).toMatchObject({ ok: true })
    }
  })

  test('prolongs an account whose paid time runs', async () => {
    const { host, tenantry, accountId, owner, paymentId, confirm } = await asked()
    const first = await confirm({ paymentId })
    const next = await tenantry.requestBankTransfer({ accountId, planSlug: 'starter', periodMonths: 1 }, owner)
    const second = await confirm({ paymentId: next.payment.id, externalPaymentId: 'SEPA 4712', amount: '29.99' })
    expect(second.periodStart).toEqual(first.periodEnd)
    await expectWholeBooks(host, accountId)
  })

  test('answers an earlier confirmation also while the account is asked for another transfer', async () => {
    const { tenantry, accountId, owner, confirm } = await asked()
    const first = await confirm({ accountId })
    const next = await tenantry.requestBankTransfer({ accountId, planSlug: 'starter', periodMonths: 3 }, owner)
    expect(await confirm({ accountId })).toEqual({ ...first, replayed: true })
    await expect(confirm({ paymentId: next.payment.id })).rejects.toMatchObject({ code: 'payment_reference_conflict' })
    expect((await tenantry.listPayments({ accountId, status: 'requested' })).items).toEqual([next.payment])
  })

  test('takes a transfer for an account without a request as before, once its request was rejected', async () => {
    const { tenantry, accountId, paymentId, confirm, refused } = await asked()
    await tenantry.rejectBankTransfer({ paymentId, reason: 'paid for pro instead' }, admin)
    expect(await refused({ paymentId })).toEqual({ code: 'payment_closed', details: { paymentId, status: 'rejected' } })
    const { payment } = await confirm({ ...transfer(accountId, 'pro'), externalPaymentId: 'SEPA 4711' })
    expect(payment.id).not.toBe(paymentId)
  })
})
