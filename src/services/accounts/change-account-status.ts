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

/** See {@link Tenantry.suspendAccount}. */
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

/** See {@link Tenantry.reinstateAccount}. */
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

/** See {@link Tenantry.cancelAccount}. */
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
