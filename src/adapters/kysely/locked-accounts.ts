import type { Subscription } from '../../domain/subscription.js'
import { invariant } from '../../errors.js'
import type { AccountChange, AccountState, DueDate, LockedAccountOperations } from '../../ports/store/accounts.js'
import { readAccountState } from './accounts.js'
import type { Connection } from './connection.js'
import { readHeldAccounts } from './held-accounts.js'
import { accountRow } from './rows/account.js'
import { subscriptionRow } from './rows/subscription.js'
import { saveLedgers } from './save-ledgers.js'
import type { Verbs } from './verbs.js'
import { setWriter } from './write-sets.js'

/** Changes of an account that the transaction holds. */
export const lockedAccountVerbs: Verbs<LockedAccountOperations> = {
  async lockAccount(connection, accountId) {
    await lockAccountRow(connection, accountId)
    return readAccountState(connection, accountId)
  },
  lockDueAccounts,
  async addAccount({ build, execute }, account) {
    await execute(build.insertInto('tenantry_account').values(accountRow(account)))
  },
  saveAccount: (connection, change) => saveAccounts(connection, [change]),
  saveAccounts,
  saveSubscription: (connection, subscription) => saveSubscriptions(connection, [subscription]),
  saveSubscriptions,
  saveLedger: (connection, change) => saveLedgers(connection, [change]),
  saveLedgers,
  saveDueDates,
}

/** Holds the account until the transaction ends. Foreign keys may still refer to it, so this never locks with them in a circle. */
export async function lockAccountRow({ build, execute }: Connection, accountId: string): Promise<void> {
  await execute(build.selectFrom('tenantry_account').select('id').where('id', '=', accountId).forNoKeyUpdate())
}

/** Fields that are left out stay: Kysely sets no column to `undefined`. */
const changedColumns = (change: AccountChange) => ({
  status: change.status,
  status_reason: change.statusReason,
  payment_method: change.paymentMethod,
  plan_id: change.planId,
  throttles: change.throttles && JSON.stringify(change.throttles),
  updated_at: change.at,
})

/**
 * No lock is waited for, so that the order of the accounts does not matter. Accounts that are not wanted are few and are left out afterwards:
 * pg-mem stumbles over `not in`.
 */
async function lockDueAccounts(
  connection: Connection,
  { now, limit, except }: { now: Date; limit: number; except: readonly string[] },
): Promise<readonly AccountState[]> {
  const { build, execute } = connection
  const due = build.selectFrom('tenantry_account').select('id').where('next_due_at', '<=', now).orderBy('next_due_at').orderBy('id')
  const rows = await execute(
    due
      .limit(limit + except.length)
      .forNoKeyUpdate()
      .skipLocked(),
  )
  const wanted = rows.map(({ id }) => id).filter((id) => !except.includes(id))
  return readHeldAccounts(connection, wanted.slice(0, limit))
}

/** Accounts that change alike change in one statement. */
async function saveAccounts({ build, execute }: Connection, changes: readonly AccountChange[]): Promise<void> {
  for (const group of alike(changes)) {
    const ids = group.map(({ accountId }) => accountId)
    const update = build.updateTable('tenantry_account').set(changedColumns(group[0])).where('id', 'in', ids)
    const saved = await execute(update.returning('id'))
    invariant(saved.length === group.length, 'an account that is changed is there')
  }
}

function alike(changes: readonly AccountChange[]): Iterable<[AccountChange, ...AccountChange[]]> {
  const groups = new Map<string, [AccountChange, ...AccountChange[]]>()
  for (const change of changes) {
    const content = JSON.stringify({ ...change, accountId: null })
    const group = groups.get(content)
    if (group === undefined) groups.set(content, [change])
    else group.push(change)
  }
  return groups.values()
}

async function saveSubscriptions(connection: Connection, subscriptions: readonly Subscription[]): Promise<void> {
  const rows = subscriptions.map(subscriptionRow)
  if (connection.isFullPostgres) return setWriter(connection).upsert('tenantry_subscription', 'account_id', rows)
  const { build, execute } = connection
  for (const row of rows) {
    const insert = build.insertInto('tenantry_subscription').values(row)
    await execute(insert.onConflict((conflict) => conflict.column('account_id').doUpdateSet(row)))
  }
}

async function saveDueDates(connection: Connection, dates: readonly DueDate[]): Promise<void> {
  const rows = dates.map(({ accountId, livedUntil, nextDueAt }) => ({ id: accountId, lived_until: livedUntil, next_due_at: nextDueAt }))
  const columns = { keys: ['id'], set: ['lived_until', 'next_due_at'] }
  if (connection.isFullPostgres) {
    const saved = await setWriter(connection).update('tenantry_account', columns, rows)
    invariant(saved === dates.length, 'an account that is changed is there')
    return
  }
  const { build, execute } = connection
  for (const { id, ...dueDate } of rows) await execute(build.updateTable('tenantry_account').set(dueDate).where('id', '=', id))
}
