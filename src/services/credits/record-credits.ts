import type { Ledger, Stamp } from '../../domain/ledger.js'
import { invariant } from '../../errors.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import { lockAccount } from '../accounts/account-status.js'
import { type Act, recordAct } from '../audit/record-act.js'
import type { Context } from '../context.js'
import { saveChange, settleState, stampOf } from './change-ledger.js'
import { type CreditResult, replay } from './replay.js'

/** A request that changes the ledger, once per key. */
export interface CreditRequest {
  readonly accountId: string
  readonly idempotencyKey: string
  readonly fingerprint: string
  /** Makes the change to the settled ledger; its last entry is the request's. */
  readonly change: (ledger: Ledger, stamp: Stamp, tx: StoreTransaction) => Ledger | Promise<Ledger>
  readonly act: Pick<Act, 'action' | 'actor' | 'reason'>
}

/** Holds the account, answers a repeated request, and otherwise makes the change and writes it down, all in one transaction. */
export async function recordCredits(context: Context, request: CreditRequest): Promise<CreditResult> {
  return context.store.transaction((tx) => recordHeld(context, tx, request))
}

async function recordHeld(context: Context, tx: StoreTransaction, request: CreditRequest): Promise<CreditResult> {
  const { accountId, idempotencyKey, fingerprint } = request
  const held = await lockAccount(tx, accountId)
  const recorded = await tx.findCreditEntryByKey({ accountId, idempotencyKey })
  if (recorded !== null) return replay(recorded, fingerprint)

  const stamp = stampOf(context, context.clock())
  const settled = settleState(held, stamp)
  const ledger = await request.change(settled.ledger, stamp, tx)
  const entry = ledger.entries.at(-1)
  invariant(entry?.idempotencyKey === idempotencyKey, 'a change of the ledger ends with the entry that was asked for')
  await saveChange(context, tx, held, { ledger, subscription: settled.subscription, fingerprints: { [entry.id]: fingerprint } })
  await recordAct(context, tx, {
    ...request.act,
    accountId,
    before: { credits: settled.ledger.balance },
    after: { credits: ledger.balance, entryId: entry.id, amount: entry.amount },
    at: stamp.now,
  })
  return { entry, balance: ledger.balance, replayed: false }
}
