import { CompiledQuery, sql } from 'kysely'
import type { Plan } from '../../domain/plan.js'
import type { AccountState } from '../../ports/store/accounts.js'
import { dueState, ledgerState } from './accounts.js'
import type { Connection } from './connection.js'
import { accountSelection, toAccount } from './rows/account.js'
import { toCreditLot } from './rows/credit.js'
import { toPlan } from './rows/plan.js'
import { toReservation } from './rows/reservation.js'
import { subscriptionSelection, toSubscription } from './rows/subscription.js'
import { nullableMoment } from './rows/values.js'
import type { JoinedRow } from './selections.js'
import type { Row } from './tables.js'

/**
 * Reads many accounts that the transaction holds, in the order of their ids as given. Because they are held, what several statements say is
 * of one moment; and plans, of which there are few, are read once.
 */
export async function readHeldAccounts(connection: Connection, accountIds: readonly string[]): Promise<AccountState[]> {
  if (accountIds.length === 0) return []
  const joined = await readJoined(connection, accountIds)
  const plans = await readPlans(connection, joined)
  const lots = byAccount(await readOpenLots(connection, accountIds))
  const reservations = byAccount(await readOpenReservations(connection, accountIds))
  const dueDates = byAccount(await readDueDates(connection, accountIds))
  const states = joined.map((row): AccountState => {
    const account = accountSelection.read(row)
    const subscription = subscriptionSelection.readOptional(row)
    const ownLots = (lots.get(account.id) ?? []).map(toCreditLot)
    const ownReservations = (reservations.get(account.id) ?? []).map(toReservation)
    return {
      account: toAccount(account, plans.get(account.plan_id ?? '') ?? null),
      subscription: subscription && toSubscription(subscription),
      ...ledgerState(account, ownLots, ownReservations),
      ...dueState(
        account,
        (dueDates.get(account.id) ?? []).map(({ due_at: dueAt }) => nullableMoment(dueAt)),
      ),
    }
  })
  const byId = new Map(states.map((state) => [state.account.id, state]))
  return accountIds.flatMap((accountId) => byId.get(accountId) ?? [])
}

function readJoined({ execute, tableName }: Connection, accountIds: readonly string[]): Promise<readonly JoinedRow[]> {
  const places = accountIds.map((_, index) => `$${index + 1}`).join(', ')
  return execute<JoinedRow>(
    CompiledQuery.raw(
      `select ${accountSelection.sql}, ${subscriptionSelection.sql}
      from ${tableName('tenantry_account')} account
      left join ${tableName('tenantry_subscription')} subscription on subscription.account_id = account.id
      where account.id in (${places})`,
      [...accountIds],
    ) as CompiledQuery<JoinedRow>,
  )
}

async function readPlans({ build, execute }: Connection, joined: readonly JoinedRow[]): Promise<ReadonlyMap<string, Plan>> {
  const planIds = [...new Set(joined.flatMap((row) => accountSelection.read(row).plan_id ?? []))]
  if (planIds.length === 0) return new Map()
  const rows = await execute(build.selectFrom('tenantry_plan').selectAll().where('id', 'in', planIds))
  return new Map(rows.map((row) => [row.id, toPlan(row)]))
}

// The conditions are spelt as those of the partial indexes.
const readOpenLots = ({ build, execute }: Connection, accountIds: readonly string[]): Promise<readonly Row<'tenantry_credit_lot'>[]> =>
  execute(
    build
      .selectFrom('tenantry_credit_lot')
      .selectAll()
      .where('account_id', 'in', accountIds)
      .where(sql<boolean>`(remaining > 0 or reserved > 0)`),
  )

const readOpenReservations = (
  { build, execute }: Connection,
  accountIds: readonly string[],
): Promise<readonly Row<'tenantry_credit_reservation'>[]> =>
  execute(
    build.selectFrom('tenantry_credit_reservation').selectAll().where('account_id', 'in', accountIds).where(sql<boolean>`status = 'open'`),
  )

const readDueDates = ({ build, execute }: Connection, accountIds: readonly string[]) =>
  execute(
    build
      .selectFrom('tenantry_payment')
      .select(['account_id', 'due_at'])
      .where('account_id', 'in', accountIds)
      .where('status', 'in', ['requested', 'submitted']),
  )

function byAccount<Part extends { readonly account_id: string }>(rows: readonly Part[]): ReadonlyMap<string, Part[]> {
  const groups = new Map<string, Part[]>()
  for (const row of rows) {
    const group = groups.get(row.account_id)
    if (group === undefined) groups.set(row.account_id, [row])
    else group.push(row)
  }
  return groups
}
