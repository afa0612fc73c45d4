import type { BookReader } from '../../ports/store/books.js'
import { listEntries } from './credits.js'
import { everything, type Tables } from './tables.js'
import type { Verbs } from './verbs.js'

/** What the check of the books reads. */
export const bookVerbs = (tables: Tables): Verbs<BookReader> => ({
  listAccountIds: (page) => tables.accountsById.ascending(everything, page).map(({ id }) => id),
  readBook(accountId) {
    const row = tables.accounts.find(accountId)
    if (row === null) return null
    const { balance, sequence, unsettledSpend, entryHash, settlesAt } = row
    const lots = tables.lotsOfAccount.ascending(accountId)
    const reservations = tables.reservationsOfAccount.ascending(accountId)
    return { accountId, balance, sequence, unsettledSpend, entryHash, settlesAt, lots, reservations }
  },
  listHashedEntries: (page) => listEntries(tables, page),
})
