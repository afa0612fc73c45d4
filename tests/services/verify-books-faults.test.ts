import type { BookReader, HashedEntry, Store } from 'tenantry'
import { describe, expect, test } from 'vitest'
import { bookFaults } from '../support/books/faults.js'
import { openRichAccount, type RichAccount } from '../support/books/rich-account.js'
import { type BookFault, breaksHashes, isOfHashes, shown, type Tampering } from '../support/books/tampering.js'
import { createHost } from '../support/host.js'
import { wrappedStore } from '../support/wrapped-store.js'

type Book = NonNullable<Awaited<ReturnType<BookReader['readBook']>>>

interface Row {
  readonly id: string
}

function tamperedRows<R extends Row>(rows: readonly R[], id: string, how: { set: Partial<R> | null } | { copiedAs: Partial<R> }): R[] {
  return rows.flatMap((row) => {
    if (row.id !== id) return [row]
    if ('copiedAs' in how) return [row, { ...row, ...how.copiedAs }]
    return how.set === null ? [] : [{ ...row, ...how.set }]
  })
}

function tamperedBook(book: Book, one: Tampering, { lots, reservations }: RichAccount): Book {
  if ('account' in one) return { ...book, ...one.account }
  if ('lot' in one) return { ...book, lots: tamperedRows(book.lots, lots[one.lot], one) }
  if ('reservation' in one) return { ...book, reservations: tamperedRows(book.reservations, reservations[one.reservation], one) }
  return book
}

function tamperedEntries(recorded: readonly HashedEntry[], one: Tampering): readonly HashedEntry[] {
  if (!('entry' in one)) return recorded
  const tampered = recorded.flatMap((row) => {
    if (row.entry.sequence !== one.entry) return [row]
    return tamperedRows([row.entry], row.entry.id, one).map((entry) => ({ ...row, entry }))
  })
  return tampered.sort((a, b) => b.entry.sequence - a.entry.sequence)
}

/** Shows books to whoever reads them that are not what is written. */
const tampered = (store: Store, tampering: () => readonly Tampering[], names: () => RichAccount): Store =>
  wrappedStore(store, async ({ verb }, proceed) => {
    const answer = await proceed()
    if (verb === 'readBook') return tampering().reduce((book, one) => tamperedBook(book, one, names()), answer as Book)
    return verb === 'listHashedEntries' ? tampering().reduce(tamperedEntries, answer as readonly HashedEntry[]) : answer
  })

async function plant({ tampering }: Pick<BookFault, 'tampering'>) {
  let names: RichAccount | null = null
  const known = (): RichAccount => names ?? { accountId: '', lots: {} as never, reservations: {} as never }
  const { tenantry, clock } = await createHost({ wrap: (store) => tampered(store, () => (names ? tampering(names) : []), known) })
  names = await openRichAccount(tenantry, clock, 'ada@example.com')
  return { tenantry, names }
}

describe('verifyBooks', () => {
  test('finds nothing wrong with an account to which everything has happened', async () => {
    const { tenantry, names } = await plant({ tampering: () => [] })
    expect(await tenantry.verifyBooks({ accountId: names.accountId })).toEqual({ ok: true, accounts: 1, entries: 16, problems: [] })
  })

  test.each(bookFaults)('finds $name', async (fault) => {
    const { tenantry, names } = await plant(fault)
    const { ok, problems } = await tenantry.verifyBooks()
    const others = problems.filter((problem) => !isOfHashes(problem))
    expect(shown(others, names)).toEqual(fault.problems)
    expect(others.length < problems.length).toBe(breaksHashes(fault.tampering(names)))
    expect(ok).toBe(false)
    expect(new Set(problems.map(({ accountId }) => accountId))).toEqual(new Set([names.accountId]))
  })

  test('knows of each of its rules but those of hashes a fault that breaks it', () => {
    const broken = new Set(bookFaults.flatMap(({ problems }) => problems.map(([invariant]) => invariant)))
    expect(broken.size).toBe(20)
  })
})
