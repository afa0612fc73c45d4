import { checkChain, checkRefunds, checkSigns, checkUnsettledSpend } from './book-entries.js'
import { watchKeys } from './book-keys.js'
import { checkDueDate, checkLots } from './book-lots.js'
import { checkReservations } from './book-reservations.js'
import type { AccountBook, BookProblem } from './books.js'
import type { CreditEntry } from './credit.js'

/** The check of one account's books. It keeps nothing of an entry but a tally for each lot, reservation and refunded spend, and its key's print. */
export interface RunningCheck {
  /** Takes every entry, from the newest to the oldest. */
  readonly entry: (entry: CreditEntry) => void
  /** After the last entry: what is wrong, and keys that want a second look by `recheckKeys`. */
  readonly end: () => { readonly problems: readonly BookProblem[]; readonly suspectKeys: ReadonlySet<string> }
}

const checks = [checkChain, checkSigns, checkUnsettledSpend, checkLots, checkReservations, checkRefunds, checkDueDate]

/** Starts to check an account's books against every {@link BookInvariant}. */
export function checkBook(book: AccountBook): RunningCheck {
  const problems: BookProblem[] = []
  const keys = watchKeys()
  const running = checks.map((start) => start(book, (problem) => problems.push({ ...problem, accountId: book.accountId })))
  return {
    entry(entry) {
      for (const check of running) check.entry(entry)
      keys.add(entry.idempotencyKey)
    },
    end() {
      for (const check of running) check.end()
      return { problems, suspectKeys: keys.suspects }
    },
  }
}
