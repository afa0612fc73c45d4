import { checkChain, checkRefunds, checkSigns, checkUnsettledSpend } from './book-entries.js'
import { checkHashes, type HashLink } from './book-hashes.js'
import { watchKeys } from './book-keys.js'
import { checkDueDate, checkLots } from './book-lots.js'
import { checkReservations } from './book-reservations.js'
import type { AccountBook, BookProblem, Report } from './books.js'
import type { CreditEntry } from './credit.js'

/** The check of one account's books. It keeps nothing of an entry but a tally for each lot, reservation and refunded spend, and its key's print. */
export interface RunningCheck {
  /** Takes every entry and its place in the chain of hashes, from the newest to the oldest. */
  readonly entry: (entry: CreditEntry, link: HashLink) => void
  /** After the last entry: what is wrong, and keys that want a second look by `recheckKeys`. */
  readonly end: () => { readonly problems: readonly BookProblem[]; readonly suspectKeys: ReadonlySet<string> }
}

const checks = [checkChain, checkSigns, checkUnsettledSpend, checkLots, checkReservations, checkRefunds, checkDueDate]

/** Starts to check an account's books against every {@link BookInvariant}. */
export function checkBook(book: AccountBook): RunningCheck {
  const problems: BookProblem[] = []
  const keys = watchKeys()
  const report: Report = (problem) => problems.push({ ...problem, accountId: book.accountId })
  const running = checks.map((start) => start(book, report))
  const hashes = checkHashes(book, report)
  return {
    entry(entry, link) {
      for (const check of running) check.entry(entry)
      hashes.entry(link)
      keys.add(entry.idempotencyKey)
    },
    end() {
      for (const check of running) check.end()
      hashes.end()
      return { problems, suspectKeys: keys.suspects }
    },
  }
}
