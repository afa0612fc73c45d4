import { creditEvents } from '../../domain/account-events.js'
import type { Ledger, Stamp } from '../../domain/ledger.js'
import type { CreditSchedule } from '../../domain/plan-credits.js'
import { type Settlement, settle, settlesAt } from '../../domain/settlement.js'
import type { Subscription } from '../../domain/subscription.js'
import type { AccountState } from '../../ports/store/accounts.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import type { Context } from '../context.js'
import { recordEvents } from '../events/record-event.js'

/** The moment and the ids of a change. */
export const stampOf = (context: Context, now: Date): Stamp => ({ now, newId: context.newId })

/** A held account's ledger, settled as of the stamp. */
export function settleState({ account, subscription, ledger }: AccountState, stamp: Stamp): Settlement {
  const schedule: CreditSchedule | null = account.plan === null || subscription === null ? null : { plan: account.plan, subscription }
  const settlement = settle(ledger, schedule, stamp)
  return { ...settlement, subscription: settlement.subscription ?? subscription }
}

/** Writes a changed ledger, tells of credits that came and lapsed, and writes the subscription where its next credits moved on. */
export async function saveChange(
  context: Context,
  tx: StoreTransaction,
  held: AccountState,
  change: { ledger: Ledger; subscription: Subscription | null; fingerprints?: Readonly<Record<string, string>> },
): Promise<void> {
  const { ledger, subscription, fingerprints = {} } = change
  if (subscription !== null && subscription !== held.subscription) await tx.saveSubscription(subscription)
  await tx.saveLedger({ before: held.ledger, after: { ledger, fingerprints }, settlesAt: settlesAt(ledger, subscription) })
  const added = ledger.entries.filter(({ sequence }) => sequence > held.ledger.sequence)
  const at = added.at(-1)?.createdAt
  if (at !== undefined) await recordEvents(context, tx, { accountId: ledger.accountId, at, contents: creditEvents(added) })
}
