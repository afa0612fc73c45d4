import { creditEvents } from '../../domain/account-events.js'
import type { EventContent } from '../../domain/event.js'
import type { Ledger, Stamp } from '../../domain/ledger.js'
import type { CreditSchedule } from '../../domain/plan-credits.js'
import { isChangeDue } from '../../domain/scheduled-change.js'
import { type Settlement, settle, settlesAt } from '../../domain/settlement.js'
import type { Subscription } from '../../domain/subscription.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import type { Context } from '../context.js'
import { recordEvents } from '../events/record-event.js'
import type { PlannedState } from '../plans/pending-plan.js'

/** The moment and the ids of a change. */
export const stampOf = (context: Context, now: Date): Stamp => ({ now, newId: context.newId })

/** A held account's ledger, settled as of the stamp. */
export function settleState({ account, subscription, pendingPlan, ledger }: PlannedState, stamp: Stamp): Settlement {
  const { plan } = account
  const schedule: CreditSchedule | null = plan === null || subscription === null ? null : { plan, subscription, pendingPlan }
  const settlement = settle(ledger, schedule, stamp)
  return { ...settlement, subscription: settlement.subscription ?? subscription }
}

/**
 * Writes a changed ledger, tells of credits that came and lapsed, and writes the subscription where its next credits moved on or its scheduled
 * plan has begun.
 */
export async function saveChange(
  context: Context,
  tx: StoreTransaction,
  held: PlannedState,
  change: { ledger: Ledger; subscription: Subscription | null; fingerprints?: Readonly<Record<string, string>> },
): Promise<void> {
  const { ledger, subscription, fingerprints = {} } = change
  if (subscription !== null && subscription !== held.subscription) {
    const { accountId, planId, updatedAt: at } = subscription
    await tx.saveSubscription(subscription)
    if (planId !== held.account.plan?.id) await tx.saveAccount({ accountId, planId, at })
  }
  await tx.saveLedger({ before: held.ledger, after: { ledger, fingerprints }, settlesAt: settlesAt(ledger, subscription) })
  const added = ledger.entries.filter(({ sequence }) => sequence > held.ledger.sequence)
  const begun = begunPlan(held, subscription)
  const at = added.at(-1)?.createdAt ?? held.subscription?.pendingPlanAt
  const contents = [...begun, ...creditEvents(added)]
  if (at !== null && at !== undefined) await recordEvents(context, tx, { accountId: ledger.accountId, at, contents })
}

/** The scheduled plan that has begun since the account was last written. */
function begunPlan({ account, subscription: before, pendingPlan }: PlannedState, after: Subscription | null): EventContent[] {
  if (before === null || after === null || pendingPlan === null || !isChangeDue(before, after.updatedAt)) return []
  const data = { subscriptionId: before.id, fromPlanSlug: account.plan?.slug ?? '', toPlanSlug: pendingPlan.slug }
  return [{ name: 'subscription.changed', data }]
}
