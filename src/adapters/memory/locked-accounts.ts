import type { CreditLot } from '../../domain/credit.js'
import { chainEntries, noEntryHash } from '../../domain/entry-hash.js'
import type { Ledger } from '../../domain/ledger.js'
import type { Subscription } from '../../domain/subscription.js'
import { invariant } from '../../errors.js'
import type { AccountChange, LedgerChange, LedgerToSave, LockedAccountOperations } from '../../ports/store/accounts.js'
import { accountRow, readAccountState } from './accounts.js'
import { type AccountRow, everything, type Tables } from './tables.js'
import type { Verbs } from './verbs.js'

/** The accounts that a transaction has locked or added. */
export type HeldAccounts = Set<string>

/** A database would let a change of an account that is not held pass, and lose an update once in a while. Here it is seen at once. */
export function mustHold(held: HeldAccounts, accountId: string): void {
  invariant(held.has(accountId), `account ${accountId} is changed without having been locked`)
}

/** Changes of an account that the transaction holds. */
export function lockedAccountVerbs(tables: Tables, held: HeldAccounts): Verbs<LockedAccountOperations> {
  const saveAccount = (change: AccountChange): void => {
    mustHold(held, change.accountId)
    tables.accounts.put(changed(accountRow(tables, change.accountId), change))
  }
  const saveSubscription = (subscription: Subscription): void => {
    mustHold(held, subscription.accountId)
    accountRow(tables, subscription.accountId)
    invariant(tables.plans.find(subscription.planId) !== null, 'a subscription needs its plan')
    const { pendingPlanId } = subscription
    invariant(pendingPlanId === null || tables.plans.find(pendingPlanId) !== null, 'a scheduled change needs its plan')
    tables.subscriptions.put(subscription)
  }
  const saveLedger = (change: LedgerChange): void => {
    mustHold(held, change.before.accountId)
    writeLedger(tables, change)
  }
  return {
    lockAccount(accountId) {
      held.add(accountId)
      return readAccountState(tables, accountId)
    },
    lockDueAccounts(due) {
      const accountIds = findDueAccounts(tables, due)
      for (const accountId of accountIds) held.add(accountId)
      return accountIds.flatMap((accountId) => readAccountState(tables, accountId) ?? [])
    },
    addAccount(account) {
      held.add(account.id)
      invariant(account.planId === null || tables.plans.find(account.planId) !== null, 'an account needs its plan')
      invariant(account.ownerId === null || tables.users.find(account.ownerId) !== null, 'an account needs its owner')
      tables.accounts.add({ ...account, ...unused })
    },
    saveAccount,
    saveAccounts: (changes) => changes.forEach(saveAccount),
    saveSubscription,
    saveSubscriptions: (subscriptions) => subscriptions.forEach(saveSubscription),
    saveLedger,
    saveLedgers: (changes) => changes.forEach(saveLedger),
    saveDueDates(dates) {
      for (const { accountId, ...dueDate } of dates) {
        mustHold(held, accountId)
        tables.accounts.put({ ...accountRow(tables, accountId), ...dueDate })
      }
    },
  }
}

/** An account that nothing has happened to yet. */
const unused = {
  statusReason: null,
  throttles: {},
  balance: 0,
  sequence: 0,
  unsettledSpend: 0,
  entryHash: noEntryHash,
  settlesAt: null,
  livedUntil: null,
  nextDueAt: null,
}

/** Those that have waited longest come first, as they lie. */
function findDueAccounts(tables: Tables, { now, limit, except }: { now: Date; limit: number; except: readonly string[] }): string[] {
  const first = tables.dueAccounts.ascending(everything, { after: null, limit: limit + except.length })
  const due = first.filter(({ id, nextDueAt }) => nextDueAt !== null && nextDueAt <= now && !except.includes(id))
  return due.slice(0, limit).map(({ id }) => id)
}

function writeLedger(tables: Tables, { before, after, settlesAt }: LedgerChange): void {
  const { ledger } = after
  const { accountId, balance, sequence, unsettledSpend } = ledger
  const entryHash = addEntries(tables, before, after)
  tables.accounts.put({ ...accountRow(tables, accountId), balance, sequence, unsettledSpend, entryHash, settlesAt })
  for (const lot of ledger.lots) {
    if (isChanged(before.lots, lot)) tables.lots.put(lot)
  }
  for (const reservation of ledger.reservations) {
    if (before.reservations.find(({ id }) => id === reservation.id)?.status !== reservation.status) tables.reservations.put(reservation)
  }
}

/** Adds the entries that are new; answers the hash of the newest. */
function addEntries(tables: Tables, before: Ledger, { ledger, fingerprints }: LedgerToSave): string {
  const { entryHash } = accountRow(tables, ledger.accountId)
  const added = ledger.entries.filter(({ sequence }) => sequence > before.sequence)
  const chained = chainEntries(added, fingerprints, entryHash)
  for (const entry of chained) tables.entries.add(entry)
  return chained.at(-1)?.hash ?? entryHash
}

function changed(row: AccountRow, { status, statusReason, paymentMethod, planId, throttles }: AccountChange): AccountRow {
  return {
    ...row,
    status: status ?? row.status,
    statusReason: statusReason === undefined ? row.statusReason : statusReason,
    paymentMethod: paymentMethod ?? row.paymentMethod,
    planId: planId ?? row.planId,
    throttles: throttles ?? row.throttles,
  }
}

/** Is the lot new, or not as it was? Of a lot, only what is left, what is set aside and when it expires ever change. */
function isChanged(before: readonly CreditLot[], lot: CreditLot): boolean {
  const known = before.find(({ id }) => id === lot.id)
  return (
    known === undefined ||
    known.remaining !== lot.remaining ||
    known.reserved !== lot.reserved ||
    known.expiresAt?.getTime() !== lot.expiresAt?.getTime()
  )
}
