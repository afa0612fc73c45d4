import { z } from 'zod'
import type { Account, AccountStatus } from '../../domain/account.js'
import type { Actor } from '../../domain/actor.js'
import type { Subscription } from '../../domain/subscription.js'
import { TenantryError } from '../../errors.js'
import { requireManager, requireOperator } from '../authority.js'
import type { Context } from '../context.js'
import { parseInput } from '../parse-input.js'
import { id, line } from '../schemas.js'
import { changeStatus, lockAccount } from './account-status.js'

const Input = z.strictObject({ accountId: id, reason: line(500) })

/** What `suspendAccount` takes. */
export type SuspendAccountInput = z.input<typeof Input>
/** What `reinstateAccount` takes. */
export type ReinstateAccountInput = z.input<typeof Input>
/** What `cancelAccount` takes. */
export type CancelAccountInput = z.input<typeof Input>
/** What `suspendAccount`, `reinstateAccount` and `cancelAccount` answer. */
export interface AccountStatusResult {
  readonly account: Account
}

/**
 * Stops an account: the very next gate call, API key and spend is refused. Suspending a suspended account changes nothing.
 *
 * @throws TenantryError `forbidden` unless the actor is an administrator or the system; `account_not_found`;
 *   `invalid_transition` for a cancelled account
 */
export async function suspendAccount(context: Context, input: SuspendAccountInput, actor: Actor): Promise<AccountStatusResult> {
  const { accountId, reason } = parseInput(Input, input)
  const operator = requireOperator(actor, 'suspend accounts')
  return context.store.transaction(async (tx) => {
    const held = await lockAccount(tx, accountId)
    const { status } = held.account
    if (status === 'suspended') return { account: held.account }
    if (status === 'cancelled') throw new TenantryError('invalid_transition', { from: status, event: 'be suspended' })
    return { account: await changeStatus(context, tx, held, { action: 'suspendAccount', to: 'suspended', reason, actor: operator }) }
  })
}

/**
 * Gives a suspended or cancelled account back the status that its subscription implies. Whether it may act is again the gate's answer.
 *
 * @throws TenantryError `forbidden` unless the actor is an administrator or the system; `account_not_found`;
 *   `invalid_transition` for an account that is neither suspended nor cancelled
 */
export async function reinstateAccount(context: Context, input: ReinstateAccountInput, actor: Actor): Promise<AccountStatusResult> {
  const { accountId, reason } = parseInput(Input, input)
  const operator = requireOperator(actor, 'reinstate accounts')
  return context.store.transaction(async (tx) => {
    const held = await lockAccount(tx, accountId)
    const { status } = held.account
    if (status !== 'suspended' && status !== 'cancelled')
      throw new TenantryError('invalid_transition', { from: status, event: 'be reinstated' })
    const to = impliedStatus(held.subscription)
    return { account: await changeStatus(context, tx, held, { action: 'reinstateAccount', to, reason, actor: operator }) }
  })
}

/**
 * Closes an account for good, at the wish of the customer or of the host. Nothing is deleted. Cancelling a cancelled account changes
 * nothing.
 *
 * @throws TenantryError `account_not_found`, also for an actor who has no part in the account; `forbidden` for members who do not manage it
 */
export async function cancelAccount(context: Context, input: CancelAccountInput, actor: Actor): Promise<AccountStatusResult> {
  const { accountId, reason } = parseInput(Input, input)
  return context.store.transaction(async (tx) => {
    const held = await lockAccount(tx, accountId)
    const manager = await requireManager(tx, accountId, actor, 'cancel this account')
    if (held.account.status === 'cancelled') return { account: held.account }
    return { account: await changeStatus(context, tx, held, { action: 'cancelAccount', to: 'cancelled', reason, actor: manager }) }
  })
}

function impliedStatus(subscription: Subscription | null): AccountStatus {
  if (subscription?.status === 'trialing') return 'trial'
  return subscription?.status === 'pending_payment' ? 'pending_payment' : 'active'
}
