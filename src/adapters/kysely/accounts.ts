import { CompiledQuery } from 'kysely'
import type { CreditLot } from '../../domain/credit.js'
import { isAhead } from '../../domain/due.js'
import { compareBurnOrder, compareText, type Ledger } from '../../domain/ledger.js'
import type { Reservation } from '../../domain/reservation.js'
import type { AccountOperations, AccountState } from '../../ports/store/accounts.js'
import type { Connection } from './connection.js'
import { toAccountAccess } from './rows/access.js'
import { accountSelection } from './rows/account.js'
import { creditLotSelection, toCreditLot } from './rows/credit.js'
import { planSelection } from './rows/plan.js'
import { reservationSelection, toReservation } from './rows/reservation.js'
import { subscriptionSelection } from './rows/subscription.js'
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

function toAccountState(first: JoinedRow, rows: readonly JoinedRow[]): AccountState {
  const account = accountSelection.read(first)
  const lots = rows.map(creditLotSelection.readOptional).flatMap((row) => (row === null ? [] : toCreditLot(row)))
  const open = rows.map(reservationSelection.readOptional)
  const reservations = open.flatMap((row) => (row === null ? [] : toReservation(row)))
  return {
    ...toAccountAccess({ account, plan: planSelection.readOptional(first), subscription: subscriptionSelection.readOptional(first) }),
    ...ledgerState(account, lots, reservations),
    ...dueState(
      account,
      rows.map(({ payment_due_at: dueAt }) => nullableMoment(dueAt as Date | null)),
    ),
  }
}

type AccountColumns = ReturnType<typeof accountSelection.read>

/** The ledger of an account from its row, its open lots and its open reservations, in no order. */
export function ledgerState(
  account: AccountColumns,
  lots: readonly CreditLot[],
  reservations: readonly Reservation[],
): { ledger: Ledger; settlesAt: Date | null } {
  const ledger = {
    accountId: account.id,
    balance: integer(account.credits),
    sequence: integer(account.entry_sequence),
    unsettledSpend: integer(account.unsettled_spend),
    lots: lots.toSorted(compareBurnOrder),
    reservations: reservations.toSorted((a, b) => compareText(a.id, b.id)),
    entries: [],
  }
  return { ledger, settlesAt: nullableMoment(account.settles_at) }
}

/** What is said of an account's next date by its row and by the due dates of its payments that should come. */
export function dueState({ lived_until, next_due_at }: AccountColumns, dueDates: readonly (Date | null)[]) {
  const livedUntil = nullableMoment(lived_until)
  const ahead = dueDates.flatMap((dueAt) => (dueAt !== null && isAhead(dueAt, livedUntil) ? dueAt.getTime() : []))
  const paymentDueAt = ahead.length === 0 ? null : new Date(Math.min(...ahead))
  return { paymentDueAt, livedUntil, nextDueAt: nullableMoment(next_due_at) }
}
