import type { AccountBook } from '../../domain/books.js'
import type { HashedEntry } from './credits.js'

/** What the check of the books reads, all of it as of one moment. */
export interface BookReader {
  /** Ids in ascending order, after `after`. */
  listAccountIds(page: { after: string | null; limit: number }): Promise<readonly string[]>
  readBook(accountId: string): Promise<Book | null>
  /** Newest first: by number, descending. */
  listHashedEntries(page: { accountId: string; beforeSequence: number | null; limit: number }): Promise<readonly HashedEntry[]>
}

/** What the account row and all its lots say, open and empty; the entries must agree with it. */
export type Book = AccountBook
