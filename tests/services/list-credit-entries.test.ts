import { describe, expect, test } from 'vitest'
import { cleanRefusalOf, createHost, ledgerOf, refusalOf, signUp, wrongFieldsOf } from '../support/host.js'

async function spender(spends: number) {
  const host = await createHost()
  const { account } = await signUp(host)
  const accountId = account.id
  const spend = (n: number) => host.tenantry.spendCredits({ accountId, amount: n, idempotencyKey: `${n}`, operation: 'o' })
  for (let n = 1; n <= spends; n++) await spend(n)
  return { host, accountId, spend, ...host }
}

describe('listCreditEntries', () => {
  test('lists the newest first, up to 50 of them', async () => {
    const { tenantry, accountId } = await spender(60)
    const { items, next } = await tenantry.listCreditEntries({ accountId })
    expect(items.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 50 }, (_, n) => 61 - n))
    expect(next).not.toBeNull()
  })

  test('leads through all pages without a gap or a repetition, also while entries are added', async () => {
    const { tenantry, accountId, spend } = await spender(10)
    const seen: number[] = []
    let before: string | undefined
    for (let page = 0; page < 4; page++) {
      const { items, next } = await tenantry.listCreditEntries({ accountId, limit: 3, ...(before === undefined ? {} : { before }) })
      seen.push(...items.map(({ sequence }) => sequence))
      expect(next === null).toBe(page === 3)
      before = next ?? ''
      await spend(100 + page)
    }
    expect(seen).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
  })

  test('has no next page when the last one is just full', async () => {
    const { tenantry, accountId } = await spender(2)
    const { items, next } = await tenantry.listCreditEntries({ accountId, limit: 3 })
    expect(items).toHaveLength(3)
    expect(next).toBeNull()
  })

  test('shows the entries of one account only, and a sum that is its balance', async () => {
    const { host, tenantry, accountId } = await spender(3)
    const other = await signUp(host, { email: 'grace@example.com' })
    expect((await ledgerOf(host, other.account.id)).map(({ amount }) => amount)).toEqual([2000])
    const sum = (await ledgerOf(host, accountId)).reduce((total, { amount }) => total + amount, 0)
    expect(sum).toBe((await tenantry.getAccount({ accountId })).account.credits)
  })

  test('refuses an account that is not there', async () => {
    const { tenantry } = await spender(0)
    expect((await refusalOf(tenantry.listCreditEntries({ accountId: 'nobody' }))).code).toBe('account_not_found')
  })

  test('is empty beyond the last page', async () => {
    const { tenantry, accountId } = await spender(0)
    expect(await tenantry.listCreditEntries({ accountId, before: '1' })).toEqual({ items: [], next: null })
  })

  test('refuses a cursor that it did not make, and pages that are too large', async () => {
    const { host, tenantry, accountId } = await spender(0)
    for (const before of ['', '0', '-1', '1.5', 'abc', '1'.repeat(20)]) {
      expect(await wrongFieldsOf(host, () => tenantry.listCreditEntries({ accountId, before }))).toEqual(['before'])
    }
    for (const limit of [0, -1, 201, 1.5]) {
      expect(await wrongFieldsOf(host, () => tenantry.listCreditEntries({ accountId, limit }))).toEqual(['limit'])
    }
    expect((await cleanRefusalOf(host, () => tenantry.listCreditEntries(undefined as never))).code).toBe('invalid_input')
  })
})
