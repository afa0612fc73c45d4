import type { Ledger, Stamp } from '../../domain/ledger.js'
import type { CreditSchedule } from '../../domain/plan-credits.js'
import { type Settlement, settle, settlesAt } from '../../domain/settlement.js'
import type { Subscription } from '../../domain/subscription.js'
import type { AccountState } from '../../ports/store/accounts.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import type { PlannedState } from '../accounts/pending-plan.js'
import type { Context } from '../context.js'

/** The moment and the ids of a change. */
export const stampOf = (context: Context, now: Date): Stamp => ({ now, newId: context.newId })

/** A held account's ledger, settled as of the stamp. */
export function settleState({ account, subscription, pendingPlan, ledger }: PlannedState, stamp: Stamp): Settlement {
  const { plan } = account
  const schedule: CreditSchedule | null = plan === null || subscription === null ? null : { plan, subscription, pendingPlan }
  const settlement = settle(ledger, schedule, stamp)
  return { ...settlement, subscription: settlement.subscription ?? subscription }
}

/** Writes a changed ledger, and the subscription where its next credits moved on or its scheduled plan has begun. */
export async function saveChange(
  tx: StoreTransaction,
  held: AccountState,
  change: { ledger: Ledger; subscription: Subscription | null; fingerprints?: Readonly<Record<string, string>> },
): Promise<void> {
  const { ledger, subscription, fingerprints = {} } = change
  if (subscription !== null && subscription !== held.subscription) {
    const { accountId, planId, updatedAt: at } = subscription
    await tx.saveSubscription(subscription)
    if (planId !== held.account.plan?.id) await tx.saveAccount({ accountId, planId, at })
  }
  await tx.saveLedger({ before: held.ledger, after: { ledger, fingerprints }, settlesAt: settlesAt(ledger, subscription) })
}
