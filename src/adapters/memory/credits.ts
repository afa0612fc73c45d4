import type { CreditEntry } from '../../domain/credit.js'
import { chainHash, entryDigest } from '../../domain/entry-hash.js'
import { compareText } from '../../domain/ledger.js'
import { sumUsage } from '../../domain/usage.js'
import type { CreditOperations, CreditSpend, HashedEntry, RecordedEntry, SpendOutcome } from '../../ports/store/credits.js'
import { placeInTime } from './groups.js'
import { compound } from './table.js'
import type { AccountRow, Tables } from './tables.js'
import type { Verbs } from './verbs.js'

/** The ledger's questions and its hot change. */
export const creditVerbs = (tables: Tables): Verbs<CreditOperations> => ({
  spendCredits(spend) {
    const prior = tables.entryByKey(compound(spend.accountId, spend.idempotencyKey))
    if (prior !== null) return { ...recorded(prior), outcome: 'replayed' }
    const account = tables.accounts.find(spend.accountId)
    return account !== null && maySpend(account, spend) ? debit(tables, account, spend) : null
  },
  findCreditEntry: (entryId) => ifRecorded(tables.entries.find(entryId)),
  findNewestPlanLot(accountId) {
    const byTime = tables.lotsOfAccount.ascending(accountId).filter(({ type }) => type === 'subscription')
    return byTime.sort((a, b) => compareText(placeInTime(b), placeInTime(a)))[0] ?? null
  },
  sumRefunds: ({ accountId, entryId }) =>
    tables.refundsOfEntry.ascending(compound(accountId, entryId)).reduce((sum, { entry }) => sum + entry.amount, 0),
  findReservation: (reservationId) => tables.reservations.find(reservationId),
  sumUsage({ accountId, from, to, by }) {
    const entries = tables.entriesOfAccount.ascending(accountId).map(({ entry }) => entry)
    return sumUsage(
      entries.filter(({ createdAt }) => createdAt >= from && createdAt < to),
      by,
    )
  },
  findCreditEntryByKey: ({ accountId, idempotencyKey }) => ifRecorded(tables.entryByKey(compound(accountId, idempotencyKey))),
  listCreditEntries: (page) => listEntries(tables, page).map(({ entry }) => entry),
})

const recorded = ({ entry, fingerprint }: HashedEntry): RecordedEntry => ({ entry, fingerprint })

const ifRecorded = (found: HashedEntry | null): RecordedEntry | null => found && recorded(found)

function maySpend({ status, balance, settlesAt }: AccountRow, { amount, createdAt }: CreditSpend): boolean {
  const isOpen = status !== 'suspended' && status !== 'cancelled'
  return isOpen && balance >= amount && (settlesAt === null || createdAt < settlesAt)
}

function debit(tables: Tables, account: AccountRow, { amount, fingerprint, ...content }: CreditSpend): SpendOutcome {
  const balance = account.balance - amount
  const sequence = account.sequence + 1
  const entry: CreditEntry = {
    ...content,
    sequence,
    type: 'usage',
    amount: -amount,
    balanceAfter: balance,
    refundsEntryId: null,
    actor: null,
  }
  const hash = chainHash(account.entryHash, entryDigest(entry, fingerprint))
  tables.accounts.put({ ...account, balance, sequence, unsettledSpend: account.unsettledSpend + amount, entryHash: hash })
  tables.entries.add({ entry, fingerprint, hash })
  return { outcome: 'spent', entry, fingerprint }
}

/** Entries are numbered without gaps, so that a page is a run of numbers. */
export function listEntries(
  tables: Tables,
  { accountId, beforeSequence, limit }: { accountId: string; beforeSequence: number | null; limit: number },
): HashedEntry[] {
  const last = tables.accounts.find(accountId)?.sequence ?? 0
  const newest = beforeSequence === null ? last : Math.min(last, beforeSequence - 1)
  const numbers = Array.from({ length: Math.max(0, Math.min(limit, newest)) }, (_, step) => newest - step)
  return numbers.flatMap((sequence) => tables.entryByNumber(compound(accountId, sequence)) ?? [])
}
