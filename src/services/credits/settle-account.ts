import { lockAccount } from '../accounts/account-status.js'
import type { Context } from '../context.js'
import { saveChange, settleState, stampOf } from './change-ledger.js'

/**
 * Brings an account's ledger up to `now`, in a transaction of its own: expired lots end, credits of paid months that have begun arrive.
 * Answers the balance.
 */
export async function settleAccount(context: Context, accountId: string, now: Date): Promise<number> {
  return context.store.transaction(async (tx) => {
    const held = await lockAccount(tx, accountId)
    const settled = settleState(held, stampOf(context, now))
    await saveChange(context, tx, held, settled)
    return settled.ledger.balance
  })
}
