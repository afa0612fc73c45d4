import type { AccountBook, BookCheck, Report } from './books.js'
import type { CreditEntry, CreditEntryType } from './credit.js'
import { reservationOf } from './reserve.js'

/** Numbers follow each other, each balance is the one before and the amount, and the amounts add up to the account's balance. */
export function checkChain({ sequence: count, balance }: AccountBook, report: Report): BookCheck {
  let newer: CreditEntry | null = null
  let sum = 0
  const link = (start: number): void => {
    const [place, expected, found] =
      newer === null ? [{}, start, balance] : [{ sequence: newer.sequence }, start + newer.amount, newer.balanceAfter]
    if (found !== expected) report({ invariant: 'entries_chain', ...place, expected, found })
  }
  const next = (): number => (newer === null ? count : newer.sequence - 1)
  return {
    entry(entry) {
      const { sequence, balanceAfter } = entry
      if (sequence !== next()) report({ invariant: 'entries_are_numbered', sequence, expected: next(), found: sequence })
      if (balanceAfter < 0) report({ invariant: 'balance_is_not_negative', sequence, expected: 0, found: balanceAfter })
      link(balanceAfter)
      sum += entry.amount
      newer = entry
    },
    end() {
      if (next() !== 0) report({ invariant: 'entries_are_numbered', expected: 0, found: next() })
      link(0)
      if (sum !== balance) report({ invariant: 'balance_is_sum_of_entries', expected: sum, found: balance })
      if (balance < 0) report({ invariant: 'balance_is_not_negative', expected: 0, found: balance })
    },
  }
}

/** The sign of each type; an adjustment has either. */
const signs: Record<CreditEntryType, 1 | -1 | null> = {
  subscription: 1,
  purchase: 1,
  promotion: 1,
  refund: 1,
  release: 1,
  usage: -1,
  reservation: -1,
  expiration: -1,
  adjustment: null,
}

/** Entries give or take as their type does. */
export function checkSigns(_book: AccountBook, report: Report): BookCheck {
  return {
    entry({ sequence, type, amount }) {
      const expected = signs[type] ?? (amount < 0 ? -1 : 1)
      if (Math.sign(amount) !== expected) report({ invariant: 'entry_has_its_sign', sequence, expected, found: amount })
    },
    end() {},
  }
}

/** Whatever changes the lots settles first, so only the newest run of spends can be without its lots. */
export function checkUnsettledSpend({ unsettledSpend }: AccountBook, report: Report): BookCheck {
  let recent = 0
  let isRecent = true
  let isSum = unsettledSpend === 0
  return {
    entry(entry) {
      isRecent &&= isSpend(entry)
      if (!isRecent) return
      recent -= entry.amount
      isSum ||= recent === unsettledSpend
    },
    end() {
      if (!isSum) report({ invariant: 'unsettled_spend_is_recent', expected: recent, found: unsettledSpend })
    },
  }
}

const isSpend = (entry: CreditEntry): boolean => entry.type === 'usage' && reservationOf(entry) === null

/** Refunds give back what was spent, and not more. What has been given back is remembered until its spend turns up. */
export function checkRefunds(_book: AccountBook, report: Report): BookCheck {
  const refunds = new Map<string, { sequence: number; amount: number }>()
  const remember = ({ sequence, amount }: CreditEntry, spentBy: string): void => {
    const newer = refunds.get(spentBy)
    refunds.set(spentBy, { sequence: newer?.sequence ?? sequence, amount: (newer?.amount ?? 0) + amount })
  }
  const compare = ({ id, sequence, type, amount }: CreditEntry): void => {
    const refunded = refunds.get(id)?.amount
    if (refunded === undefined || type !== 'usage') return
    refunds.delete(id)
    if (refunded > -amount) report({ invariant: 'refunds_within_spend', sequence, expected: -amount, found: refunded })
  }
  return {
    entry(entry) {
      const { type, sequence, amount, refundsEntryId } = entry
      if ((type === 'refund') !== (refundsEntryId !== null)) {
        report({ invariant: 'refund_has_its_spend', sequence, expected: 0, found: amount })
      }
      if (refundsEntryId !== null) remember(entry, refundsEntryId)
      compare(entry)
    },
    end() {
      for (const { sequence, amount } of refunds.values())
        report({ invariant: 'refund_has_its_spend', sequence, expected: 0, found: amount })
    },
  }
}
