import { CompiledQuery } from 'kysely'
import { compareBurnOrder, compareText, type Ledger } from '../../domain/ledger.js'
import type { AccountOperations, AccountState } from '../../ports/store/accounts.js'
import type { Connection } from './connection.js'
import { textList } from './lists.js'
import { toAccountAccess } from './rows/access.js'
import { accountSelection } from './rows/account.js'
import { creditLotSelection, toCreditLot } from './rows/credit.js'
import { reservationSelection, toReservation } from './rows/reservation.js'
import { integer, nullableMoment } from './rows/values.js'
import type { JoinedRow } from './selections.js'
import type { Verbs } from './verbs.js'

/** Questions about accounts. */
export const accountVerbs: Verbs<AccountOperations> = {
  findAccountState: readAccountState,
  async findSubscriptionAccount({ build, execute }, subscriptionId) {
    const [row] = await execute(build.selectFrom('tenantry_subscription').select('account_id').where('id', '=', subscriptionId))
    return row?.account_id ?? null
  },
}

/** The account with its plan, subscription, open lots and reservations, in one statement and therefore as of one moment. */
export async function readAccountState({ hot, execute }: Connection, accountId: string): Promise<AccountState | null> {
  const rows = await execute<JoinedRow>(CompiledQuery.raw(hot.accountState, [accountId]))
  return rows[0] === undefined ? null : toAccountState(rows[0], rows)
}

/** {@link readAccountState} of many accounts, in the order of their ids as given. */
export async function readAccountStates(connection: Connection, accountIds: readonly string[]): Promise<AccountState[]> {
  const { hot, execute, isFullPostgres } = connection
  if (!isFullPostgres) return compact(await inOrder(accountIds, (accountId) => readAccountState(connection, accountId)))
  const rows = await execute<JoinedRow>(CompiledQuery.raw(hot.accountStates, [textList(accountIds)]))
  const byAccount = new Map<unknown, JoinedRow[]>(accountIds.map((accountId) => [accountId, []]))
  for (const row of rows) byAccount.get(row['account_id'])?.push(row)
  return [...byAccount.values()].flatMap((own) => (own[0] === undefined ? [] : toAccountState(own[0], own)))
}

const compact = <Value>(values: readonly (Value | null)[]): Value[] => values.flatMap((value) => value ?? [])

async function inOrder<Item, Result>(items: readonly Item[], act: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  for (const item of items) results.push(await act(item))
  return results
}

function toAccountState(first: JoinedRow, rows: readonly JoinedRow[]): AccountState {
  const { lived_until, next_due_at } = accountSelection.read(first)
  return {
    ...toAccountAccess(first),
    ...toLedger(first, rows),
    paymentDueAt: nullableMoment(first['payment_due_at'] as Date | null),
    livedUntil: nullableMoment(lived_until),
    nextDueAt: nullableMoment(next_due_at),
  }
}

/** The ledger from the rows of one account, of which there is one for each open lot and reservation, or one without either. */
function toLedger(first: JoinedRow, rows: readonly JoinedRow[]): { ledger: Ledger; settlesAt: Date | null } {
  const account = accountSelection.read(first)
  const lots = rows.map(creditLotSelection.readOptional).flatMap((row) => (row === null ? [] : toCreditLot(row)))
  const open = rows.map(reservationSelection.readOptional)
  const reservations = open.flatMap((row) => (row === null ? [] : toReservation(row)))
  const ledger = {
    accountId: account.id,
    balance: integer(account.credits),
    sequence: integer(account.entry_sequence),
    unsettledSpend: integer(account.unsettled_spend),
    lots: lots.sort(compareBurnOrder),
    reservations: reservations.sort((a, b) => compareText(a.id, b.id)),
    entries: [],
  }
  return { ledger, settlesAt: nullableMoment(account.settles_at) }
}
