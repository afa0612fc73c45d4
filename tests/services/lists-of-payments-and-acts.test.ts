import { samples } from 'tenantry/testing'
import { describe, expect, test } from 'vitest'
import { admin, createHost, type Host, refusalOf, signUp, transfer, wrongFieldsOf } from '../support/host.js'

/** Two customers with payments: three confirmed, one asked for. */
async function customers() {
  const host = await createHost()
  const ada = (await signUp(host)).account.id
  const grace = (await signUp(host, { email: 'grace@example.com' })).account.id
  const pay = async (accountId: string, reference: string) => {
    host.clock.advance({ hours: 1 })
    return host.tenantry.confirmBankTransfer({ ...transfer(accountId), externalPaymentId: reference }, admin)
  }
  await pay(ada, 'a1')
  await pay(grace, 'g1')
  await pay(ada, 'a2')
  await host.store.transaction(async (tx) => {
    await tx.lockAccount(ada)
    await tx.savePayment(samples.recordedPayment({ accountId: ada, planId: null, reference: 'asked', createdAt: host.clock() }))
  })
  return { host, ada, grace, ...host }
}

/** Follows the cursors to the end. */
async function all<Item>(list: (before: string | undefined) => Promise<{ items: readonly Item[]; next: string | null }>): Promise<Item[]> {
  const { items, next } = await list(undefined)
  const seen = [...items]
  for (let before = next; before !== null; ) {
    const page = await list(before)
    seen.push(...page.items)
    before = page.next
  }
  return seen
}

describe('listPayments', () => {
  const references = async ({ tenantry }: Host, input?: object) =>
    (await tenantry.listPayments(input)).items.map(({ reference }) => reference)

  test('lists those of all accounts or of one, by status, the newest first', async () => {
    const { host, ada, grace } = await customers()
    expect((await references(host)).toSorted()).toEqual(['a1', 'a2', 'asked', 'g1'])
    expect((await references(host)).slice(2)).toEqual(['g1', 'a1'])
    expect(await references(host, { accountId: grace })).toEqual(['g1'])
    expect(await references(host, { accountId: ada, status: 'confirmed' })).toEqual(['a2', 'a1'])
    expect(await references(host, { status: 'requested' })).toEqual(['asked'])
    expect(await references(host, { status: 'rejected' })).toEqual([])
  })

  test('leads through all pages without a gap or a repetition', async () => {
    const { tenantry } = await customers()
    const { items } = await tenantry.listPayments()
    for (const limit of [1, 2, 3, 4]) {
      expect(await all((before) => tenantry.listPayments({ limit, before }))).toEqual(items)
    }
  })

  test('refuses an account that is not there, and wrong input', async () => {
    const { host, tenantry } = await customers()
    expect((await refusalOf(tenantry.listPayments({ accountId: 'nobody' }))).code).toBe('account_not_found')
    expect(await wrongFieldsOf(host, () => tenantry.listPayments({ status: 'paid' } as never))).toEqual(['status'])
    expect(await wrongFieldsOf(host, () => tenantry.listPayments({ before: '12' }))).toEqual(['before'])
    expect(await wrongFieldsOf(host, () => tenantry.listPayments({ limit: 201 }))).toEqual(['limit'])
  })

  test('is empty for an account without payments', async () => {
    const host = await createHost()
    const { account } = await signUp(host)
    expect(await host.tenantry.listPayments({ accountId: account.id })).toEqual({ items: [], next: null })
  })
})

describe('listAuditEntries', () => {
  test('lists the acts on all accounts and on the platform, or on one account, the newest first', async () => {
    const { tenantry, clock, ada, grace } = await customers()
    clock.advance({ hours: 1 })
    await tenantry.setPlanActive({ slug: 'pro', isActive: false }, admin)
    const { items } = await tenantry.listAuditEntries()
    expect(items.map(({ action, accountId }) => [action, accountId])).toEqual([
      ['setPlanActive', null],
      ['confirmBankTransfer', ada],
      ['confirmBankTransfer', grace],
      ['confirmBankTransfer', ada],
    ])
    expect((await tenantry.listAuditEntries({ accountId: ada })).items.map(({ accountId }) => accountId)).toEqual([ada, ada])
  })

  test('leads through all pages without a gap or a repetition, also of acts of one instant', async () => {
    const { tenantry, ada } = await customers()
    for (let n = 0; n < 7; n++) {
      await tenantry.grantCredits({ accountId: ada, amount: 1, type: 'purchase', idempotencyKey: `${n}` }, admin)
    }
    const { items } = await tenantry.listAuditEntries()
    expect(items).toHaveLength(10)
    for (const limit of [1, 3, 10]) {
      expect(await all((before) => tenantry.listAuditEntries({ limit, before }))).toEqual(items)
    }
  })

  test('refuses wrong input', async () => {
    const { host, tenantry } = await customers()
    for (const before of ['', '1', '1_', 'x_id', '99999999999999999_id', `1_${'x'.repeat(129)}`]) {
      expect(await wrongFieldsOf(host, () => tenantry.listAuditEntries({ before }))).toEqual(['before'])
    }
    expect(await wrongFieldsOf(host, () => tenantry.listAuditEntries({ accountId: '' }))).toEqual(['accountId'])
  })
})
