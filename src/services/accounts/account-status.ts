import type { Account } from '../../domain/account.js'
import { statusEvents } from '../../domain/account-events.js'
import type { Actor } from '../../domain/actor.js'
import { lifeOf, nextLife } from '../../domain/life.js'
import type { LifeEvent } from '../../domain/life-table.js'
import { TenantryError } from '../../errors.js'
import type { AccountState } from '../../ports/store/accounts.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import { recordAct } from '../audit/record-act.js'
import type { Context } from '../context.js'
import { recordEvents } from '../events/record-event.js'
import { type PlannedState, withPendingPlan } from '../plans/pending-plan.js'

/**
 * Holds an account.
 *
 * @throws TenantryError `account_not_found`
 */
export async function lockAccount(tx: StoreTransaction, accountId: string): Promise<PlannedState> {
  const held = await tx.lockAccount(accountId)
  if (held === null) throw new TenantryError('account_not_found', { accountId })
  return withPendingPlan(tx, held)
}

/**
 * Refuses an account that may not use credits.
 *
 * @throws TenantryError `account_suspended`, `account_cancelled`
 */
export function requireOpenAccount({ id: accountId, status }: Account): void {
  if (status === 'suspended') throw new TenantryError('account_suspended', { accountId })
  if (status === 'cancelled') throw new TenantryError('account_cancelled', { accountId })
}

/** An act on an account's status, with who does it and why. */
export interface StatusChange {
  readonly action: string
  readonly event: LifeEvent
  readonly reason: string
  readonly actor: Actor
}

/**
 * Gives a held account the status to which the event leads, writes the act down and tells of it. Where it has that status already, nothing
 * changes.
 *
 * @throws TenantryError `invalid_transition`
 */
export async function changeStatus(
  context: Context,
  tx: StoreTransaction,
  held: AccountState,
  { action, event, reason, actor }: StatusChange,
): Promise<Account> {
  const { account } = held
  const at = context.clock()
  const to = nextLife(lifeOf(held, at), event).account
  if (to === account.status) return account
  const statusReason = to === 'suspended' || to === 'cancelled' ? reason : null
  await tx.saveAccount({ accountId: account.id, status: to, statusReason, at })
  await recordAct(context, tx, {
    action,
    accountId: account.id,
    actor,
    reason,
    before: { status: account.status, statusReason: account.statusReason },
    after: { status: to, statusReason },
    at,
  })
  await recordEvents(context, tx, { accountId: account.id, at, contents: statusEvents(account.status, to, reason) })
  return { ...account, status: to, statusReason }
}
