import type { BookProblem, CreditEntry, Store } from 'tenantry'
import { describe, expect, test } from 'vitest'
import { admin, contentsOf, createHost, refusalOf, signUp, subscribe, wrongFieldsOf } from '../support/host.js'
import { wrappedStore } from '../support/wrapped-store.js'

type Book = NonNullable<Awaited<ReturnType<Parameters<Parameters<Store['snapshot']>[0]>[0]['readBook']>>>

/** Falsifies what the store answers about the books. */
interface Fault {
  readonly book?: (book: Book) => Book
  readonly entries?: (entries: readonly CreditEntry[]) => readonly CreditEntry[]
}

const tampered = (store: Store, fault: () => Fault): Store =>
  wrappedStore(store, async ({ verb }, proceed) => {
    const answer = await proceed()
    if (verb === 'readBook' && fault().book !== undefined) return fault().book?.(answer as Book)
    return verb === 'listCreditEntries' ? (fault().entries?.(answer as CreditEntry[]) ?? answer) : answer
  })

/** An account with 7,400 credits in six entries and, of its lots, three in use and one used up. */
async function customer(fault: Fault = {}) {
  let isFaulty = false
  const host = await createHost({ wrap: (store) => tampered(store, () => (isFaulty ? fault : {})) })
  const { tenantry } = host
  const { accountId } = await subscribe(host)
  const gift = { accountId, type: 'promotion', expiresAt: new Date('2026-06-01') } as const
  await tenantry.grantCredits({ ...gift, amount: 2500, idempotencyKey: 'a' }, admin)
  await tenantry.spendCredits({ accountId, amount: 200, idempotencyKey: 'b', operation: 'o' })
  await tenantry.grantCredits({ ...gift, amount: 100, type: 'purchase', idempotencyKey: 'c' }, admin)
  isFaulty = true
  return { host, accountId, ...host }
}

const change = (sequence: number, changed: Partial<CreditEntry>): Fault => ({
  entries: (entries) => entries.map((entry) => (entry.sequence === sequence ? { ...entry, ...changed } : entry)),
})

const changeLot = (index: number, changed: Partial<Book['lots'][number]>): Fault => ({
  book: (book) => ({ ...book, lots: book.lots.map((lot, place) => (place === index ? { ...lot, ...changed } : lot)) }),
})

const shown = (problems: readonly BookProblem[]) =>
  problems.map(({ invariant, expected, found, sequence }) => [invariant, expected, found, ...(sequence === undefined ? [] : [sequence])])

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

  test('refuses an account that is not there, and wrong input', async () => {
    const { host, tenantry } = await customer()
    expect((await refusalOf(tenantry.verifyBooks({ accountId: 'nobody' }))).code).toBe('account_not_found')
    expect(await wrongFieldsOf(host, () => tenantry.verifyBooks({ onProgress: 'yes' } as never))).toEqual(['onProgress'])
  })
})

describe('verifyBooks finds', () => {
  const faults: [name: string, fault: Fault, problems: unknown[][]][] = [
    [
      'a changed amount',
      change(4, { amount: 2600 }),
      [
        ['entries_chain', 4900, 5000, 3],
        ['balance_is_sum_of_entries', 7500, 7400],
      ],
    ],
    [
      'a changed balance of an entry',
      change(4, { balanceAfter: 7501 }),
      [
        ['entries_chain', 7500, 7501, 4],
        ['entries_chain', 5001, 5000, 3],
      ],
    ],
    [
      'a missing entry',
      { entries: (entries) => entries.filter(({ sequence }) => sequence !== 5) },
      [
        ['entries_are_numbered', 5, 4, 4],
        ['entries_chain', 7300, 7500, 4],
        ['balance_is_sum_of_entries', 7600, 7400],
      ],
    ],
    [
      'a missing first entry',
      { entries: (entries) => entries.filter(({ sequence }) => sequence !== 1) },
      [
        ['entries_are_numbered', 0, 1],
        ['entries_chain', 0, 2000],
        ['balance_is_sum_of_entries', 5400, 7400],
      ],
    ],
    [
      'a missing newest entry',
      { entries: (entries) => entries.filter(({ sequence }) => sequence !== 6) },
      [
        ['entries_are_numbered', 6, 5, 5],
        ['entries_chain', 7400, 7300, 5],
        ['balance_is_sum_of_entries', 7300, 7400],
      ],
    ],
    [
      'no entries at all',
      { entries: () => [] },
      [
        ['entries_are_numbered', 0, 6],
        ['balance_is_sum_of_entries', 0, 7400],
      ],
    ],
    [
      'an entry that is there twice',
      { entries: (entries) => entries.flatMap((entry) => (entry.sequence === 4 ? [entry, entry] : [entry])) },
      [
        ['entries_are_numbered', 3, 4, 4],
        ['entries_chain', 5000, 7500, 4],
        ['balance_is_sum_of_entries', 9900, 7400],
      ],
    ],
    [
      'a wrong balance',
      { book: (book) => ({ ...book, balance: 7401 }) },
      [
        ['entries_chain', 7401, 7400, 6],
        ['balance_is_sum_of_entries', 7400, 7401],
        ['balance_is_sum_of_lots', 7400, 7401],
      ],
    ],
    [
      'a balance below zero',
      { book: (book) => ({ ...book, balance: -1 }) },
      [
        ['entries_chain', -1, 7400, 6],
        ['balance_is_sum_of_entries', 7400, -1],
        ['balance_is_sum_of_lots', 7400, -1],
        ['balance_is_not_negative', 0, -1],
      ],
    ],
    ['a wrong count of entries', { book: (book) => ({ ...book, sequence: 7 }) }, [['entries_are_numbered', 7, 6, 6]]],
    [
      'a spend that no lot paid for',
      { book: (book) => ({ ...book, unsettledSpend: book.unsettledSpend + 5 }) },
      [['balance_is_sum_of_lots', 7395, 7400]],
    ],
    ['a lot out of step', changeLot(1, { remaining: 4790 }), [['balance_is_sum_of_lots', 7390, 7400]]],
    ['a lot that holds more than was granted', changeLot(2, { granted: 2499 }), [['lot_within_grant', 2499, 2500]]],
    [
      'a lot that holds less than nothing',
      changeLot(0, { remaining: -1 }),
      [
        ['balance_is_sum_of_lots', 7399, 7400],
        ['lot_within_grant', 2000, -1],
      ],
    ],
    ['a missing lot', { book: (book) => ({ ...book, lots: book.lots.slice(0, -1) }) }, [['balance_is_sum_of_lots', 7300, 7400]]],
  ]
  test.each(faults)('%s', async (_, fault, problems) => {
    const { tenantry, accountId } = await customer(fault)
    const result = await tenantry.verifyBooks()
    expect(result).toMatchObject({ ok: false, accounts: 1 })
    expect(result.problems.every((problem) => problem.accountId === accountId)).toBe(true)
    expect(shown(result.problems)).toEqual(problems)
    expect(await tenantry.verifyBooks({ accountId })).toEqual(result)
  })

  test('which lot it is', async () => {
    const { tenantry, store } = await customer(changeLot(2, { granted: 1 }))
    const [lotId] = await store.snapshot(async (books) => {
      const [accountId = ''] = await books.listAccountIds({ after: null, limit: 1 })
      return ((await books.readBook(accountId))?.lots ?? []).slice(2).map(({ id }) => id)
    })
    expect((await tenantry.verifyBooks()).problems).toMatchObject([{ invariant: 'lot_within_grant', lotId, found: 2500 }])
  })
})
