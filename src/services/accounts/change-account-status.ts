import { z } from 'zod'
import type { Account } from '../../domain/account.js'
import type { Actor } from '../../domain/actor.js'
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
    const change = { action: 'suspendAccount', event: 'suspend', reason, actor: operator } as const
    return { account: await changeStatus(context, tx, held, change) }
  })
}

/** See {@link Tenantry.reinstateAccount}. */
export async function reinstateAccount(context: Context, input: ReinstateAccountInput, actor: Actor): Promise<AccountStatusResult> {
  const { accountId, reason } = parseInput(Input, input)
  const operator = requireOperator(actor, 'reinstate accounts')
  return context.store.transaction(async (tx) => {
    const held = await lockAccount(tx, accountId)
    const change = { action: 'reinstateAccount', event: 'reinstate', reason, actor: operator } as const
    return { account: await changeStatus(context, tx, held, change) }
  })
}

/** See {@link Tenantry.cancelAccount}. */
export async function cancelAccount(context: Context, input: CancelAccountInput, actor: Actor): Promise<AccountStatusResult> {
  const { accountId, reason } = parseInput(Input, input)
  return context.store.transaction(async (tx) => {
    const held = await lockAccount(tx, accountId)
    const manager = await requireManager(tx, accountId, actor, 'cancel this account')
    const change = { action: 'cancelAccount', event: 'cancel', reason, actor: manager } as const
    return { account: await changeStatus(context, tx, held, change) }
  })
}
