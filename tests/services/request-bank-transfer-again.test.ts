import { printedTransferReference } from 'tenantry'
import { describe, expect, test } from 'vitest'
import { admin, cleanRefusalOf, contentsOf, plans, system, transfer } from '../support/host.js'
import { days, eventsOf, trial } from '../support/transfers.js'

describe('requestBankTransfer, asked again', () => {
  test('for the same answers the same payment, whatever the plan costs by now', async () => {
    const { host, tenantry, owner, asked, clock } = await trial()
    const first = await tenantry.requestBankTransfer(asked, owner)
    clock.advance({ days: 13 })
    const { starter } = plans
    await tenantry.syncPlans({ starter: { ...starter, prices: [{ amountMinor: 9900, currency: 'USD' }] } })
    const before = await contentsOf(host)
    expect(await tenantry.requestBankTransfer({ ...asked, currency: 'USD' }, system)).toEqual(first)
    expect(await contentsOf(host)).toEqual(before)
  })

  test('by many at the same time asks once', async () => {
    const { tenantry, accountId, owner, asked } = await trial()
    const answers = await Promise.all(Array.from({ length: 20 }, () => tenantry.requestBankTransfer(asked, owner)))
    expect(new Set(answers.map(({ payment }) => payment.id)).size).toBe(1)
    expect((await tenantry.listPayments({ accountId })).items).toHaveLength(1)
  })

  test.each([{ planSlug: 'pro' }, { periodMonths: 1 }])('for something else (%o) replaces it, and gives no more time', async (other) => {
    const { host, tenantry, accountId, owner, asked, clock } = await trial()
    const first = await tenantry.requestBankTransfer(asked, owner)
    clock.advance({ days: 5 })
    const second = await tenantry.requestBankTransfer({ ...asked, ...other }, owner)
    expect(second.payment.reference).not.toBe(first.payment.reference)
    expect(second.payment.dueAt).toEqual(days(14))
    expect((await tenantry.getAccount({ accountId })).subscription?.currentPeriodEnd).toEqual(days(14))
    const replaced = { ...first.payment, status: 'rejected', reason: 'replaced', decidedBy: owner, decidedAt: clock() }
    expect((await tenantry.listPayments({ accountId })).items).toEqual([second.payment, replaced])
    expect((await tenantry.listAuditEntries({ accountId })).items[0]?.after).toMatchObject({ replaced: first.payment.id })
    const told = await eventsOf(host, accountId)
    expect(told.slice(-2)).toMatchObject([
      { name: 'payment.rejected', data: { paymentId: first.payment.id, reason: 'replaced' } },
      { name: 'payment.requested', data: { paymentId: second.payment.id } },
    ])
  })

  test('for the same in another currency replaces it', async () => {
    const { tenantry, accountId, owner } = await trial()
    const ask = (currency: string) => tenantry.requestBankTransfer({ accountId, planSlug: 'global', periodMonths: 1, currency }, owner)
    const [dollars, yen] = [await ask('USD'), await ask('JPY')]
    expect(yen.payment.id).not.toBe(dollars.payment.id)
    expect((await tenantry.listPayments({ accountId, status: 'requested' })).items).toEqual([yen.payment])
  })

  test('once it is overdue is a new one with the price of today, and access stays refused', async () => {
    const { tenantry, accountId, owner, asked, clock } = await trial()
    const first = await tenantry.requestBankTransfer(asked, owner)
    clock.set(days(14))
    await tenantry.syncPlans({ starter: { ...plans.starter, prices: [{ amountMinor: 3999, currency: 'USD' }] } })
    const second = await tenantry.requestBankTransfer(asked, owner)
    expect(second.payment).toMatchObject({ amount: { amountMinor: 11_997 }, dueAt: days(28) })
    expect(second.payment.id).not.toBe(first.payment.id)
    expect(await tenantry.validateAccountAndPlan({ accountId })).toMatchObject({ ok: false, code: 'payment_overdue' })
  })

  test('by turns with cancelling gives no time that was not paid for', async () => {
    const { tenantry, accountId, owner, clock } = await trial()
    const answers: string[] = []
    for (let round = 1; round <= 4; round++) {
      await tenantry.requestBankTransfer({ accountId, planSlug: 'starter', periodMonths: round }, owner)
      clock.set(days(13 * round))
      await tenantry.runDue()
      const decision = await tenantry.validateAccountAndPlan({ accountId })
      answers.push(decision.ok ? 'ok' : decision.code)
      await tenantry.cancelSubscription({ accountId, when: 'now' }, owner)
    }
    expect(answers).toEqual(['ok', 'payment_overdue', 'payment_overdue', 'payment_overdue'])
    await tenantry.confirmBankTransfer(
      { ...transfer(accountId), paymentId: undefined, accountId, amount: '119.96', periodMonths: 4 },
      admin,
    )
    expect(await tenantry.validateAccountAndPlan({ accountId })).toMatchObject({ ok: true })
  })

  test('while one is submitted answers that, and refuses anything else', async () => {
    const { host, tenantry, owner, asked, clock } = await trial()
    const { payment } = await tenantry.requestBankTransfer(asked, owner)
    const sent = await tenantry.submitBankTransfer({ paymentId: payment.id, externalPaymentId: 'B1', payerName: 'Ada' }, owner)
    clock.advance({ days: 20 })
    expect((await tenantry.requestBankTransfer(asked, owner)).payment).toEqual(sent.payment)
    const call = () => tenantry.requestBankTransfer({ ...asked, planSlug: 'pro' }, owner)
    expect(await cleanRefusalOf(host, call)).toEqual({ code: 'payment_closed', details: { paymentId: payment.id, status: 'submitted' } })
    await expect(call()).rejects.toThrow(printedTransferReference(payment.reference))
  })

  test('after one was rejected or confirmed is a new one', async () => {
    const { tenantry, accountId, owner, asked } = await trial()
    const first = await tenantry.requestBankTransfer(asked, owner)
    await tenantry.rejectBankTransfer({ paymentId: first.payment.id, reason: 'nothing came' }, admin)
    const second = await tenantry.requestBankTransfer(asked, owner)
    await tenantry.confirmBankTransfer({ ...transfer(accountId, 'starter', 3), paymentId: second.payment.id }, admin)
    const third = await tenantry.requestBankTransfer(asked, owner)
    expect(new Set([first, second, third].map(({ payment }) => payment.reference)).size).toBe(3)
  })
})
