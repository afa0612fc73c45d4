import type { Account } from '../../domain/account.js'
import { isAhead } from '../../domain/due.js'
import { compareBurnOrder, type Ledger } from '../../domain/ledger.js'
import { invariant } from '../../errors.js'
import type { AccountOperations, AccountState } from '../../ports/store/accounts.js'
import { expectedPayments } from './expected-payments.js'
import type { AccountRow, Tables } from './tables.js'
import type { Verbs } from './verbs.js'

/** Questions about accounts. */
export const accountVerbs = (tables: Tables): Verbs<AccountOperations> => ({
  findAccountState: (accountId) => readAccountState(tables, accountId),
  findSubscriptionAccount: (subscriptionId) => tables.subscriptionById(subscriptionId)?.accountId ?? null,
})

/** The account, its subscription and its ledger with the open lots. */
export function readAccountState(tables: Tables, accountId: string): AccountState | null {
  const row = tables.accounts.find(accountId)
  if (row === null) return null
  return {
    account: readAccount(tables, row),
    subscription: tables.subscriptions.find(accountId),
    ledger: readLedger(tables, row),
    settlesAt: row.settlesAt,
    paymentDueAt: expectedPayments(tables, accountId).find(({ dueAt }) => dueAt !== null && isAhead(dueAt, row.livedUntil))?.dueAt ?? null,
    livedUntil: row.livedUntil,
    nextDueAt: row.nextDueAt,
  }
}

/** An account with its plan. */
export function readAccount(tables: Tables, row: AccountRow): Account {
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    statusReason: row.statusReason,
    paymentMethod: row.paymentMethod,
    plan: row.planId === null ? null : (tables.plans.find(row.planId)?.plan ?? null),
    credits: row.balance,
    ownerId: row.ownerId,
    throttles: row.throttles,
    createdAt: row.createdAt,
    deletedAt: null,
  }
}

function readLedger(tables: Tables, { id, balance, sequence, unsettledSpend }: AccountRow): Ledger {
  const open = tables.lotsOfAccount.ascending(id).filter((lot) => lot.remaining + lot.reserved > 0)
  const reservations = tables.openReservations.ascending(id)
  return { accountId: id, balance, sequence, unsettledSpend, lots: open.sort(compareBurnOrder), reservations, entries: [] }
}

/** The row of an account that must be there: a bug otherwise, as a broken foreign key is. */
export function accountRow(tables: Tables, accountId: string): AccountRow {
  const row = tables.accounts.find(accountId)
  invariant(row !== null, 'the row belongs to an account that is not there')
  return row
}
