import { CompiledQuery } from 'kysely'
import { compareBurnOrder, compareText, type Ledger } from '../../domain/ledger.js'
import type { AccountOperations, AccountState } from '../../ports/store/accounts.js'
import type { Connection } from './connection.js'
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
  return rows[0] === undefined ? null : { ...toAccountAccess(rows[0]), ...toLedger(rows[0], rows) }
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
