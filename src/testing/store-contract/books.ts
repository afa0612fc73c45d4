import assert from 'node:assert/strict'
import type { CreditEntry } from '../../domain/credit.js'
import { settle } from '../../domain/settlement.js'
import type { BookReader } from '../../ports/store/books.js'
import { samples } from '../samples.js'
import { end, setAside } from './reservations.js'
import { addAccount, at, changeLedger, present, type StoreCases, stampAt, stateOf } from './world.js'

const newestEntries = { accountId: 'account-1', beforeSequence: null, limit: 100 }

const readEntries = async (books: BookReader, page: Parameters<BookReader['listHashedEntries']>[0]): Promise<CreditEntry[]> =>
  (await books.listHashedEntries(page)).map(({ entry }) => entry)

/** Promises about reading the books. */
export const bookCases: StoreCases = {
  'a snapshot answers what its work answers': async (store) => {
    assert.deepEqual(await store.snapshot(async () => ({ checked: 7 })), { checked: 7 })
    assert.equal(await store.snapshot(async () => undefined), undefined)
  },
  'what the work of a snapshot throws comes out unchanged, and the store goes on': async (store) => {
    const thrown = new Error('from the work')
    await assert.rejects(
      store.snapshot(async () => {
        throw thrown
      }),
      (error) => error === thrown,
    )
    assert.deepEqual(await store.snapshot((books) => books.listAccountIds({ after: null, limit: 1 })), [])
  },
  'accounts are listed by id, ascending, page by page': async (store) => {
    for (const id of ['account-3', 'account-1', 'account-5', 'account-2', 'account-4']) await addAccount(store, { id })
    await store.snapshot(async (books) => {
      assert.deepEqual(await books.listAccountIds({ after: null, limit: 2 }), ['account-1', 'account-2'])
      assert.deepEqual(await books.listAccountIds({ after: 'account-2', limit: 2 }), ['account-3', 'account-4'])
      assert.deepEqual(await books.listAccountIds({ after: 'account-4', limit: 2 }), ['account-5'])
      assert.deepEqual(await books.listAccountIds({ after: 'account-5', limit: 2 }), [])
      assert.deepEqual(await books.listAccountIds({ after: 'account-33', limit: 1 }), ['account-4'])
    })
  },
  'the book of a new account is empty, that of one that is not there null': async (store) => {
    await addAccount(store)
    await store.snapshot(async (books) => {
      const empty = {
        accountId: 'account-1',
        balance: 0,
        sequence: 0,
        unsettledSpend: 0,
        entryHash: '',
        settlesAt: null,
        lots: [],
        reservations: [],
      }
      assert.deepEqual(await books.readBook('account-1'), empty)
      assert.equal(await books.readBook('account-2'), null)
    })
  },
  'a book holds balance, number, unsettled spend, next settlement and every lot, also those used up': async (store) => {
    const grants = [
      samples.grant({ idempotencyKey: 'first', amount: 10, expiresAt: at(400) }),
      samples.grant({ idempotencyKey: 'second', amount: 20, expiresAt: at(500) }),
      samples.grant({ idempotencyKey: 'third', amount: 30 }),
    ]
    await addAccount(store, { grants })
    await addAccount(store, { id: 'account-2', grants: [samples.grant()] })
    const { lots } = (await stateOf(store)).ledger
    await store.spendCredits(samples.spend({ id: 'spend-1', amount: 10 }))
    await changeLedger(store, (before) => settle(before, null, stampAt(500)).ledger, { settlesAt: at(900) })
    await store.spendCredits(samples.spend({ id: 'spend-2', amount: 7 }))
    const book = present(await store.snapshot((books) => books.readBook('account-1')))
    assert.deepEqual(
      { ...book, lots: [], entryHash: '' },
      {
        accountId: 'account-1',
        balance: 23,
        sequence: 6,
        unsettledSpend: 7,
        entryHash: '',
        settlesAt: at(900),
        lots: [],
        reservations: [],
      },
    )
    const byId = [...book.lots].sort((a, b) => (a.id < b.id ? -1 : 1))
    assert.deepEqual(byId, [{ ...lots[0], remaining: 0 }, { ...lots[1], remaining: 0 }, lots[2]])
  },
  'a book holds every reservation by id, the open ones and those that have ended': async (store) => {
    await addAccount(store, { grants: [samples.grant()] })
    await addAccount(store, { id: 'account-2', grants: [samples.grant()] })
    for (const name of ['first', 'second', 'third']) await setAside(store, { idempotencyKey: name, amount: 10 })
    await setAside(store, { idempotencyKey: 'foreign', amount: 10 }, { accountId: 'account-2' })
    await end(store, 'second', { status: 'settled', actual: 4 })
    const { reservations } = present(await store.snapshot((books) => books.readBook('account-1')))
    const found = await Promise.all(reservations.map(({ id }) => store.findReservation(id)))
    assert.deepEqual(reservations, found)
    assert.deepEqual(
      reservations.map(({ status, actual }) => [status, actual]),
      [
        ['open', null],
        ['settled', 4],
        ['open', null],
      ],
    )
  },
  'entries are read as outside': async (store) => {
    await addAccount(store, { grants: [samples.grant()] })
    for (const id of ['spend-1', 'spend-2', 'spend-3']) await store.spendCredits(samples.spend({ id }))
    await store.spendCredits(samples.spend({ id: 'spend-4', metadata: { page: 1 } }))
    const outside = [
      await store.listCreditEntries(newestEntries),
      await store.listCreditEntries({ ...newestEntries, beforeSequence: 4, limit: 2 }),
    ]
    const inside = await store.snapshot(async (books) => [
      await readEntries(books, newestEntries),
      await readEntries(books, { ...newestEntries, beforeSequence: 4, limit: 2 }),
    ])
    assert.deepEqual(inside, outside)
  },
  'a snapshot sees what was written before it, and no change that comes while it reads': async (store) => {
    await addAccount(store, { grants: [samples.grant()] })
    const later: Promise<unknown>[] = []
    const seen = await store.snapshot(async (books) => {
      const first = await books.readBook('account-1')
      later.push(store.spendCredits(samples.spend()))
      later.push(addAccount(store, { id: 'account-2' }))
      const entries = await books.listHashedEntries(newestEntries)
      const ids = await books.listAccountIds({ after: null, limit: 5 })
      return { first, second: await books.readBook('account-1'), entries: entries.length, ids }
    })
    await Promise.all(later)
    assert.equal(seen.first?.balance, 100)
    assert.deepEqual(seen.second, seen.first)
    assert.deepEqual([seen.entries, seen.ids], [1, ['account-1']])
    assert.equal((await stateOf(store)).account.credits, 90)
  },
}
