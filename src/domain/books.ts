import type { CreditEntry, CreditLot } from './credit.js'
import type { Reservation } from './reservation.js'

/** The rules that the books of every account keep at every moment. */
export type BookInvariant =
  | 'balance_is_sum_of_entries'
  | 'balance_is_not_negative'
  | 'balance_is_sum_of_lots'
  | 'entries_are_numbered'
  | 'entries_chain'
  | 'lot_within_grant'
  | 'lots_hold_reservations'

/** A rule that an account's books break, with the figures that show it. */
export interface BookProblem {
  readonly invariant: BookInvariant
  readonly accountId: string
  readonly expected: number
  readonly found: number
  /** The number of the entry where it shows, where it shows at one. */
  readonly sequence?: number
  /** The lot where it shows, where it shows at one. */
  readonly lotId?: string
}

/** What the account row and its lots say. */
export interface AccountBook {
  readonly accountId: string
  readonly balance: number
  readonly sequence: number
  readonly unsettledSpend: number
  readonly lots: readonly CreditLot[]
  readonly reservations: readonly Reservation[]
}

/** A check of entries on its way from the newest to the oldest. */
export interface EntryCheck {
  readonly sum: number
  /** The number that the next older entry must have. */
  readonly nextSequence: number
  /** The balance that the next older entry must leave. */
  readonly nextBalance: number
  readonly count: number
  readonly problems: readonly BookProblem[]
}

/** Starts a check of the entries at what the account row says of the newest. */
export const startEntryCheck = ({ sequence, balance }: AccountBook): EntryCheck => ({
  sum: 0,
  nextSequence: sequence,
  nextBalance: balance,
  count: 0,
  problems: [],
})

/** Checks one entry, going from the newest to the oldest: its number follows, and its balance is what the newer one started from. */
export function checkEntry(check: EntryCheck, entry: CreditEntry): EntryCheck {
  const { accountId, sequence, amount, balanceAfter } = entry
  const problems = [...check.problems]
  if (sequence !== check.nextSequence) {
    problems.push({ invariant: 'entries_are_numbered', accountId, sequence, expected: check.nextSequence, found: sequence })
  }
  if (balanceAfter !== check.nextBalance) {
    problems.push({ invariant: 'entries_chain', accountId, sequence, expected: check.nextBalance, found: balanceAfter })
  }
  return {
    sum: check.sum + amount,
    nextSequence: sequence - 1,
    nextBalance: balanceAfter - amount,
    count: check.count + 1,
    problems,
  }
}

/** Ends a check: the oldest entry was number 1 and started from nothing, the sums agree, and so do the lots. */
export function finishCheck(book: AccountBook, check: EntryCheck): readonly BookProblem[] {
  const { accountId, balance } = book
  const problems = [...check.problems]
  const expect = (invariant: BookInvariant, expected: number, found: number): void => {
    if (expected !== found) problems.push({ invariant, accountId, expected, found })
  }
  expect('entries_are_numbered', 0, check.nextSequence)
  if (check.count > 0) expect('entries_chain', 0, check.nextBalance)
  expect('balance_is_sum_of_entries', check.sum, balance)
  expect(
    'balance_is_sum_of_lots',
    book.lots.reduce((sum, lot) => sum + lot.remaining, -book.unsettledSpend),
    balance,
  )
  if (balance < 0) problems.push({ invariant: 'balance_is_not_negative', accountId, expected: 0, found: balance })
  const strayLots = book.lots.filter(({ remaining, reserved, granted }) => remaining < 0 || reserved < 0 || remaining + reserved > granted)
  const lotProblems = strayLots.map(({ id, granted, remaining, reserved }): BookProblem => {
    return { invariant: 'lot_within_grant', accountId, lotId: id, expected: granted, found: remaining + reserved }
  })
  return [...problems, ...lotProblems, ...checkReservations(book)]
}

/** What open reservations have set aside is what the lots say is set aside, lot by lot. */
function checkReservations({ accountId, lots, reservations }: AccountBook): BookProblem[] {
  const open = reservations.filter(({ status }) => status === 'open')
  const parts = open.flatMap((reservation) => reservation.parts)
  return lots.flatMap((lot) => {
    const expected = parts.filter(({ lotId }) => lotId === lot.id).reduce((sum, { amount }) => sum + amount, 0)
    return expected === lot.reserved
      ? []
      : [{ invariant: 'lots_hold_reservations', accountId, lotId: lot.id, expected, found: lot.reserved }]
  })
}
