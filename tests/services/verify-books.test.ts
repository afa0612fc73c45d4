import type { HashedEntry } from 'tenantry'
import { describe, expect, test } from 'vitest'
import { admin, contentsOf, createHost, refusalOf, signUp, subscribe, wrongFieldsOf } from '../support/host.js'
import { wrappedStore } from '../support/wrapped-store.js'

/** An account with 7,400 credits in six entries and, of its lots, three in use and one used up. */
async function customer() {
  const host = await createHost()
  const { tenantry } = host
  const { accountId } = await subscribe(host)
  const gift = { accountId, type: 'promotion', expiresAt: new Date('2026-06-01') } as const
  await tenantry.grantCredits({ ...gift, amount: 2500, idempotencyKey: 'a' }, admin)
  await tenantry.spendCredits({ accountId, amount: 200, idempotencyKey: 'b', operation: 'o' })
  await tenantry.grantCredits({ ...gift, amount: 100, type: 'purchase', idempotencyKey: 'c' }, admin)
  return { host, accountId, ...host }
}

describe('verifyBooks', () => {
  test('finds the books of every account right', async () => {
    const { host, tenantry } = await customer()
    await signUp(host, { email: 'grace@example.com' })
    expect(await tenantry.verifyBooks()).toEqual({ ok: true, accounts: 2, entries: 7, problems: [] })
  })

  test('of one account reads that one only', async () => {
    const { host, tenantry, accountId } = await customer()
    await signUp(host, { email: 'grace@example.com' })
    expect(await tenantry.verifyBooks({ accountId })).toEqual({ ok: true, accounts: 1, entries: 6, problems: [] })
  })

  test('finds nothing wrong in a store without accounts', async () => {
    const { tenantry } = await createHost()
    expect(await tenantry.verifyBooks()).toEqual({ ok: true, accounts: 0, entries: 0, problems: [] })
  })

  test('writes nothing', async () => {
    const { host, tenantry, clock } = await customer()
    clock.advance({ days: 100 })
    const before = await contentsOf(host)
    await tenantry.verifyBooks()
    expect(await contentsOf(host)).toEqual(before)
  })

  test('reads any number of accounts and entries, and tells how far it has come', async () => {
    const host = await createHost()
    const accounts = []
    for (let n = 0; n < 205; n++) accounts.push((await signUp(host, { email: `u${n}@example.com` })).account.id)
    const accountId = accounts[150] ?? ''
    for (let n = 0; n < 1100; n++) await host.tenantry.spendCredits({ accountId, amount: 1, idempotencyKey: `${n}`, operation: 'o' })
    const progress: unknown[] = []
    const result = await host.tenantry.verifyBooks({ onProgress: (done) => progress.push(done) })
    expect(result).toEqual({ ok: true, accounts: 205, entries: 1305, problems: [] })
    expect(progress).toEqual([
      { accounts: 100, entries: 100, problems: 0 },
      { accounts: 200, entries: 1300, problems: 0 },
      { accounts: 205, entries: 1305, problems: 0 },
    ])
  })

  test('finds a key that is there twice, however far apart', async () => {
    const doubled = (entries: readonly HashedEntry[]) =>
      entries.map((row) => (row.entry.sequence === 1200 ? { ...row, entry: { ...row.entry, idempotencyKey: 'spend-7' } } : row))
    const host = await createHost({
      wrap: (store) =>
        wrappedStore(store, async ({ verb }, proceed) => {
          const answer = await proceed()
          return verb === 'listHashedEntries' ? doubled(answer as readonly HashedEntry[]) : answer
        }),
    })
    const { account } = await signUp(host)
    const spend = { accountId: account.id, amount: 1, operation: 'o' }
    for (let n = 1; n <= 1300; n++) await host.tenantry.spendCredits({ ...spend, idempotencyKey: `spend-${n}` })
    const { entries, problems } = await host.tenantry.verifyBooks()
    expect(entries).toBe(1301)
    expect(problems).toEqual([
      { invariant: 'hash_is_of_its_entry', accountId: account.id, sequence: 1200, expected: expect.any(String), found: expect.any(String) },
      { invariant: 'keys_are_unique', accountId: account.id, sequence: 1200, expected: 1, found: 2 },
    ])
  })

  test('refuses an account that is not there, and wrong input', async () => {
    const { host, tenantry } = await customer()
    expect((await refusalOf(tenantry.verifyBooks({ accountId: 'nobody' }))).code).toBe('account_not_found')
    expect(await wrongFieldsOf(host, () => tenantry.verifyBooks({ onProgress: 'yes' } as never))).toEqual(['onProgress'])
  })
})
