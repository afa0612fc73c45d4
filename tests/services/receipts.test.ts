import { describe, expect, test } from 'vitest'
import { admin, createHost, type HostOptions, refusalOf, signUp, subscribe, transfer, wrongFieldsOf } from '../support/host.js'

const issuer = {
  name: 'Compilers Ltd',
  address: '1 Loop Road, London',
  taxId: 'GB 123',
  email: 'billing@example.com',
  receiptPrefix: 'ACME',
}

async function customer(options: HostOptions = {}) {
  const host = await createHost(options)
  const { account } = await signUp(host)
  return { host, ...host, account, accountId: account.id }
}

describe('a confirmed transfer', () => {
  test('has a receipt that says what was paid for', async () => {
    const { tenantry, clock, accountId } = await customer({ billing: { issuer } })
    const { payment, receipt, periodStart, periodEnd } = await tenantry.confirmBankTransfer(transfer(accountId, 'pro', 3), admin)
    const { receiptPrefix, ...shown } = issuer
    expect(receipt).toEqual({
      id: expect.any(String),
      accountId,
      paymentId: payment.id,
      number: `${receiptPrefix}-2026-000001`,
      issuer: shown,
      accountName: 'Ada Lovelace',
      plan: { slug: 'pro', name: 'Pro' },
      periodMonths: 3,
      periodStart,
      periodEnd,
      amount: payment.amount,
      method: 'bank_transfer',
      reference: payment.externalPaymentId,
      payerName: 'Ada Lovelace',
      createdAt: clock(),
    })
    expect(await tenantry.getReceipt({ accountId, receiptId: receipt.id })).toEqual({ receipt })
    expect(await tenantry.getReceipt({ accountId, paymentId: payment.id })).toEqual({ receipt })
  })

  test('has one receipt, however often it is confirmed', async () => {
    const { tenantry, clock, accountId } = await customer()
    const first = await tenantry.confirmBankTransfer(transfer(accountId), admin)
    clock.advance({ days: 400 })
    const again = await tenantry.confirmBankTransfer(transfer(accountId), admin)
    expect(again).toEqual({ ...first, replayed: true })
    expect((await tenantry.listReceipts({ accountId })).items).toEqual([first.receipt])
  })

  test('has the next number, whose account it may be; one that is refused takes none', async () => {
    const { host, tenantry, accountId } = await customer()
    const numbers = [(await tenantry.confirmBankTransfer(transfer(accountId), admin)).receipt.number]
    await refusalOf(tenantry.confirmBankTransfer({ ...transfer(accountId), externalPaymentId: 'B', amount: '1.00' }, admin))
    numbers.push((await subscribe(host, 'starter', 1, { email: 'grace@example.com' })).receipt.number)
    numbers.push((await tenantry.confirmBankTransfer({ ...transfer(accountId), externalPaymentId: 'C' }, admin)).receipt.number)
    expect(numbers).toEqual(['R-2026-000001', 'R-2026-000002', 'R-2026-000003'])
  })

  test('begins to count anew with the year, in UTC', async () => {
    const { tenantry, clock, accountId } = await customer({ start: '2026-12-31T23:59:59.999Z' })
    const confirm = async (externalPaymentId: string) =>
      (await tenantry.confirmBankTransfer({ ...transfer(accountId), externalPaymentId }, admin)).receipt.number
    const numbers = [await confirm('A'), await confirm('B')]
    clock.advance(1)
    expect([...numbers, await confirm('C')]).toEqual(['R-2026-000001', 'R-2026-000002', 'R-2027-000001'])
  })

  test('keeps its receipt as it was when names change', async () => {
    const { host, tenantry, store, accountId } = await customer()
    const { receipt } = await tenantry.confirmBankTransfer(transfer(accountId), admin)
    const plan = await store.findPlanBySlug('starter')
    await store.upsertPlan({ ...plan, name: 'Renamed', at: host.clock() } as never)
    expect(await tenantry.getReceipt({ accountId, receiptId: receipt.id })).toEqual({ receipt })
  })
})

describe('getReceipt', () => {
  test('knows only the receipts of the account', async () => {
    const { host, tenantry, accountId } = await customer()
    const { receipt } = await subscribe(host, 'starter', 1, { email: 'grace@example.com' })
    const { id: receiptId, paymentId } = receipt
    expect(await refusalOf(tenantry.getReceipt({ accountId, receiptId }))).toEqual({ code: 'receipt_not_found', details: { receiptId } })
    expect(await refusalOf(tenantry.getReceipt({ accountId, receiptId: 'nothing' }))).toEqual({
      code: 'receipt_not_found',
      details: { receiptId: 'nothing' },
    })
    expect((await refusalOf(tenantry.getReceipt({ accountId, paymentId }))).code).toBe('receipt_not_found')
    expect((await refusalOf(tenantry.getReceipt({ accountId: 'nobody', receiptId }))).code).toBe('receipt_not_found')
  })

  test('takes either id', async () => {
    const { host, tenantry, accountId } = await customer()
    expect(await wrongFieldsOf(host, () => tenantry.getReceipt({ accountId }))).toEqual(['receiptId'])
    expect(await wrongFieldsOf(host, () => tenantry.getReceipt({ accountId, receiptId: 'a', paymentId: 'b' }))).toEqual(['receiptId'])
  })
})

test('listReceipts lists the receipts of an account, newest first, page by page', async () => {
  const { host, tenantry, clock, accountId } = await customer()
  for (const externalPaymentId of ['A', 'B', 'C']) {
    await tenantry.confirmBankTransfer({ ...transfer(accountId), externalPaymentId }, admin)
    clock.advance({ hours: 1 })
  }
  await subscribe(host, 'starter', 1, { email: 'grace@example.com' })
  const first = await tenantry.listReceipts({ accountId, limit: 2 })
  const second = await tenantry.listReceipts({ accountId, limit: 2, before: first.next ?? '' })
  expect([...first.items, ...second.items].map(({ reference }) => reference)).toEqual(['C', 'B', 'A'])
  expect(second.next).toBeNull()
  expect((await refusalOf(tenantry.listReceipts({ accountId: 'nobody' }))).code).toBe('account_not_found')
  expect(await wrongFieldsOf(host, () => tenantry.listReceipts({ accountId, before: 'x' }))).toEqual(['before'])
})
