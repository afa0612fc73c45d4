import type { Actor } from 'tenantry'
import { samples } from 'tenantry/testing'
import { describe, expect, test } from 'vitest'
import {
  admin,
  cleanRefusalOf,
  contentsOf,
  createHost,
  type Host,
  signUp,
  system,
  transfer,
  type WrongInputs,
  wrongFieldsOf,
} from '../support/host.js'

async function asked() {
  const host = await createHost({ start: '2026-03-10T12:00:00.000Z' })
  const { account, user } = await signUp(host)
  const owner: Actor = { type: 'user', id: user.id }
  const accountId = account.id
  const { payment } = await host.tenantry.requestBankTransfer({ accountId, planSlug: 'starter', periodMonths: 1 }, owner)
  host.clock.advance({ days: 2 })
  const said = { paymentId: payment.id, externalPaymentId: 'SEPA 4711', payerName: 'Ada Lovelace', proofUrl: 'https://bank.example/slip' }
  return { host, accountId, owner, payment, said, ...host }
}

const lastEvent = async ({ store }: Host, accountId: string) => {
  const records = await store.listEvents({ accountId, status: null, before: null, limit: 200 })
  return records.map(({ event }) => event).sort((a, b) => b.sequence - a.sequence)[0]
}
const facts = (paymentId: string) => ({ paymentId, planSlug: 'starter', amountMinor: 2999, currency: 'USD', periodMonths: 1 })

describe('submitBankTransfer', () => {
  test('lets a requested transfer wait for its decision, and changes nothing else', async () => {
    const { host, tenantry, accountId, owner, payment, said } = await asked()
    const before = await tenantry.getAccount({ accountId })
    const { paymentId, ...rest } = said
    const submitted = { ...payment, ...rest, status: 'submitted' }
    expect(await tenantry.submitBankTransfer(said, owner)).toEqual({ payment: submitted })
    expect((await tenantry.listPayments({ status: 'submitted' })).items).toEqual([submitted])
    expect(await tenantry.getAccount({ accountId })).toEqual(before)
    expect((await tenantry.listAuditEntries({ accountId })).items[0]).toMatchObject({
      action: 'submitBankTransfer',
      actor: owner,
      before: { status: 'requested', externalPaymentId: null },
      after: { status: 'submitted', ...said },
    })
    expect(await lastEvent(host, accountId)).toMatchObject({ name: 'payment.submitted', data: facts(paymentId) })
  })

  test('said again changes nothing, whatever the case and spaces of the reference', async () => {
    const { host, tenantry, owner, said } = await asked()
    const first = await tenantry.submitBankTransfer(said, owner)
    host.clock.advance({ days: 1 })
    const before = await contentsOf(host)
    expect(await tenantry.submitBankTransfer({ ...said, externalPaymentId: 'sepa4711' }, system)).toEqual(first)
    expect(await contentsOf(host)).toEqual(before)
  })

  test.each([
    { externalPaymentId: 'SEPA 4712' },
    { payerName: 'Augusta King' },
    { proofUrl: null },
    { proofUrl: 'https://bank.example/2' },
  ])('said otherwise (%o) is corrected', async (other) => {
    const { tenantry, owner, said } = await asked()
    await tenantry.submitBankTransfer(said, owner)
    const { paymentId: id, ...rest } = { ...said, ...other }
    expect((await tenantry.submitBankTransfer({ ...said, ...other }, owner)).payment).toMatchObject({ id, ...rest, status: 'submitted' })
  })

  test('takes a rejected transfer once more', async () => {
    const { tenantry, owner, said } = await asked()
    await tenantry.submitBankTransfer(said, owner)
    await tenantry.rejectBankTransfer({ paymentId: said.paymentId, reason: 'nothing came' }, admin)
    const again = await tenantry.submitBankTransfer(said, owner)
    expect(again.payment).toMatchObject({ status: 'submitted', decidedBy: null, decidedAt: null, reason: null })
    expect(
      (await tenantry.confirmBankTransfer({ ...transfer(again.payment.accountId), paymentId: again.payment.id }, admin)).account.status,
    ).toBe('active')
  })

  test('refuses a rejected one once the account was asked for another, and says so', async () => {
    const { host, tenantry, accountId, owner, said } = await asked()
    await tenantry.requestBankTransfer({ accountId, planSlug: 'pro', periodMonths: 1 }, owner)
    const call = () => tenantry.submitBankTransfer(said, owner)
    const closed = { code: 'payment_closed', details: { paymentId: said.paymentId, status: 'rejected' } }
    expect(await cleanRefusalOf(host, call)).toEqual(closed)
    await expect(call()).rejects.toThrow('another transfer has been asked for')
  })

  test('refuses one that is confirmed', async () => {
    const { host, tenantry, accountId, owner, said } = await asked()
    await tenantry.confirmBankTransfer(transfer(accountId), admin)
    const closed = { code: 'payment_closed', details: { paymentId: said.paymentId, status: 'confirmed' } }
    expect(await cleanRefusalOf(host, () => tenantry.submitBankTransfer(said, owner))).toEqual(closed)
  })

  test('refuses a transfer of the account that was confirmed before, and keeps silent about those of others', async () => {
    const { host, tenantry, accountId, owner, said } = await asked()
    const other = await signUp(host, { email: 'grace@example.com' })
    await tenantry.confirmBankTransfer({ ...transfer(accountId), externalPaymentId: 'Old 1' }, admin)
    await tenantry.confirmBankTransfer({ ...transfer(other.account.id), externalPaymentId: 'Other 1' }, admin)
    const next = await tenantry.requestBankTransfer({ accountId, planSlug: 'starter', periodMonths: 1 }, owner)
    const say = (externalPaymentId: string) =>
      tenantry.submitBankTransfer({ ...said, paymentId: next.payment.id, externalPaymentId }, owner)
    expect(await cleanRefusalOf(host, () => say('OLD1'))).toEqual({
      code: 'payment_reference_conflict',
      details: { externalPaymentId: 'OLD1' },
    })
    expect((await say('other 1')).payment.status).toBe('submitted')
    const confirm = () => tenantry.confirmBankTransfer({ ...transfer(accountId), externalPaymentId: 'other 1' }, admin)
    expect((await cleanRefusalOf(host, confirm)).code).toBe('payment_reference_conflict')
  })

  test('refuses a cancelled account', async () => {
    const { host, tenantry, accountId, owner, said } = await asked()
    await tenantry.cancelAccount({ accountId, reason: 'gone' }, owner)
    expect((await cleanRefusalOf(host, () => tenantry.submitBankTransfer(said, owner))).code).toBe('account_cancelled')
  })

  test('refuses members who do not manage the account and its keys, and strangers as if it were not there', async () => {
    const { host, tenantry, store, clock, accountId, owner, said } = await asked()
    const [plain, stranger] = [await signUp(host, { email: 'plain@example.com' }), await signUp(host, { email: 'grace@example.com' })]
    await store.addMembership({ accountId, userId: plain.user.id, role: 'member', createdAt: clock() })
    const { apiKey } = await tenantry.createApiKey({ accountId, name: 'CI' }, owner)
    const refused = async (actor: Actor) => (await cleanRefusalOf(host, () => tenantry.submitBankTransfer(said, actor))).code
    expect(await refused({ type: 'user', id: plain.user.id })).toBe('forbidden')
    expect(await refused({ type: 'api_key', id: apiKey.id })).toBe('forbidden')
    expect(await refused({ type: 'user', id: stranger.user.id })).toBe('payment_not_found')
  })

  const wrong: WrongInputs = [
    ['no payment', { paymentId: undefined }],
    ['no reference', { externalPaymentId: ' ' }],
    ['no payer', { payerName: '' }],
    ['a proof over http', { proofUrl: 'http://bank.example/7' }],
    ['a status', { status: 'confirmed' }],
  ]
  test.each(wrong)('refuses as input %s', async (_, input) => {
    const { host, tenantry, owner, said } = await asked()
    expect(await wrongFieldsOf(host, () => tenantry.submitBankTransfer({ ...said, ...input } as never, owner))).toEqual(Object.keys(input))
  })
})

describe('rejectBankTransfer', () => {
  test.each(['requested', 'submitted'])('turns down what is %s, and changes nothing else', async (status) => {
    const { host, tenantry, clock, accountId, owner, payment, said } = await asked()
    const before = await tenantry.getAccount({ accountId })
    const waiting = status === 'submitted' ? (await tenantry.submitBankTransfer(said, owner)).payment : payment
    const rejected = { ...waiting, status: 'rejected', reason: 'nothing came', decidedBy: admin, decidedAt: clock() }
    expect(await tenantry.rejectBankTransfer({ paymentId: payment.id, reason: 'nothing came' }, admin)).toEqual({ payment: rejected })
    expect((await tenantry.listPayments({ accountId })).items).toEqual([rejected])
    expect(await tenantry.getAccount({ accountId })).toEqual(before)
    expect((await tenantry.listAuditEntries({ accountId })).items[0]).toMatchObject({
      action: 'rejectBankTransfer',
      actor: admin,
      reason: 'nothing came',
      before: { status },
      after: { status: 'rejected', paymentId: payment.id },
    })
    expect(await lastEvent(host, accountId)).toMatchObject({
      name: 'payment.rejected',
      data: { ...facts(payment.id), reason: 'nothing came' },
    })
  })

  test('again with the same reason changes nothing, with another it is refused', async () => {
    const { host, tenantry, payment } = await asked()
    const first = await tenantry.rejectBankTransfer({ paymentId: payment.id, reason: 'nothing came' }, admin)
    host.clock.advance({ days: 1 })
    const before = await contentsOf(host)
    expect(await tenantry.rejectBankTransfer({ paymentId: payment.id, reason: 'nothing came' }, system)).toEqual(first)
    expect(await contentsOf(host)).toEqual(before)
    const call = () => tenantry.rejectBankTransfer({ paymentId: payment.id, reason: 'another' }, admin)
    expect(await cleanRefusalOf(host, call)).toEqual({ code: 'payment_closed', details: { paymentId: payment.id, status: 'rejected' } })
  })

  test('refuses one that is confirmed', async () => {
    const { host, tenantry, accountId, payment } = await asked()
    await tenantry.confirmBankTransfer(transfer(accountId), admin)
    const call = () => tenantry.rejectBankTransfer({ paymentId: payment.id, reason: 'too late' }, admin)
    expect(await cleanRefusalOf(host, call)).toEqual({ code: 'payment_closed', details: { paymentId: payment.id, status: 'confirmed' } })
  })

  test('can turn down what a cancelled account has left open', async () => {
    const { tenantry, accountId, owner, payment } = await asked()
    await tenantry.cancelAccount({ accountId, reason: 'gone' }, owner)
    expect((await tenantry.rejectBankTransfer({ paymentId: payment.id, reason: 'cancelled' }, admin)).payment.status).toBe('rejected')
  })

  test('refuses customers and their keys', async () => {
    const { host, tenantry, owner, payment } = await asked()
    for (const actor of [owner, { type: 'api_key', id: 'key-1' } as const]) {
      const call = () => tenantry.rejectBankTransfer({ paymentId: payment.id, reason: 'no' }, actor)
      expect(await cleanRefusalOf(host, call)).toEqual({ code: 'forbidden', details: { action: 'reject bank transfers' } })
    }
  })

  const wrong: WrongInputs = [
    ['no payment', { paymentId: undefined }],
    ['no reason', { reason: undefined }],
    ['a blank reason', { reason: ' ' }],
    ['a field that it does not know', { status: 'rejected' }],
  ]
  test.each(wrong)('refuses as input %s', async (_, input) => {
    const { host, tenantry, payment } = await asked()
    const call = () => tenantry.rejectBankTransfer({ paymentId: payment.id, reason: 'no', ...input } as never, admin)
    expect(await wrongFieldsOf(host, call)).toEqual(Object.keys(input))
  })
})

test.each(['submitBankTransfer', 'rejectBankTransfer'] as const)('%s knows bank transfers only', async (operation) => {
  const { host, tenantry, store, accountId, said } = await asked()
  const planId = (await store.findPlanBySlug('starter'))?.id ?? null
  await store.transaction(async (tx) => {
    await tx.lockAccount(accountId)
    await tx.savePayment(samples.recordedPayment({ id: 'card', accountId, planId, method: 'stripe' }))
  })
  for (const paymentId of ['card', 'none']) {
    const input = operation === 'submitBankTransfer' ? { ...said, paymentId } : { paymentId, reason: 'no' }
    const call = () => tenantry[operation](input as never, admin)
    expect(await cleanRefusalOf(host, call)).toEqual({ code: 'payment_not_found', details: { paymentId } })
  }
})
