import { z } from 'zod'
import type { Account } from '../../domain/account.js'
import type { Actor } from '../../domain/actor.js'
import { type CreditedSubscription, cancelAtPeriodEnd, cancelNow, resume } from '../../domain/cancellation.js'
import type { Stamp } from '../../domain/ledger.js'
import type { NextLife } from '../../domain/life.js'
import type { Subscription } from '../../domain/subscription.js'
import type { SubscriptionWish } from '../../domain/subscription-phase.js'
import { TenantryError } from '../../errors.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import { lockAccount, requireOpenAccount } from '../accounts/account-status.js'
import { recordAct } from '../audit/record-act.js'
import { requireManager } from '../authority.js'
import type { Context } from '../context.js'
import { saveChange, stampOf } from '../credits/change-ledger.js'
import { recordEvent } from '../events/record-event.js'
import { parseInput } from '../parse-input.js'
import type { PlannedState } from '../plans/pending-plan.js'
import { id, line } from '../schemas.js'
import { type Standing, standingFor } from './subscription-wish.js'

const CancelInput = z.strictObject({
  accountId: id,
  /** `now` gives up the time that is left; `period_end` lets it run out. */
  when: z.enum(['now', 'period_end']),
  /** For the audit log. */
  reason: line(500).optional(),
})
const ResumeInput = z.strictObject({ accountId: id })

/** What `cancelSubscription` takes. */
export type CancelSubscriptionInput = z.input<typeof CancelInput>
/** What `resumeSubscription` takes. */
export type ResumeSubscriptionInput = z.input<typeof ResumeInput>
/** What `cancelSubscription` and `resumeSubscription` answer. */
export interface SubscriptionResult {
  readonly account: Account
  readonly subscription: Subscription
  /** `false` where everything was so already, and nothing was written. */
  readonly changed: boolean
}

/** See {@link TenantrySubscriptions.cancelSubscription}. */
export async function cancelSubscription(context: Context, input: CancelSubscriptionInput, actor: Actor): Promise<SubscriptionResult> {
  const { accountId, when, reason } = parseInput(CancelInput, input)
  const wish = when === 'now' ? 'cancel_now' : 'cancel_at_period_end'
  return fulfil(context, { accountId, wish, actor, action: 'cancelSubscription', reason: reason ?? null })
}

/** See {@link TenantrySubscriptions.resumeSubscription}. */
export async function resumeSubscription(context: Context, input: ResumeSubscriptionInput, actor: Actor): Promise<SubscriptionResult> {
  const { accountId } = parseInput(ResumeInput, input)
  return fulfil(context, { accountId, wish: 'resume', actor, action: 'resumeSubscription', reason: null })
}

interface Request {
  readonly accountId: string
  readonly wish: Exclude<SubscriptionWish, 'change_now' | 'change_at_period_end'>
  readonly actor: Actor
  readonly action: 'cancelSubscription' | 'resumeSubscription'
  readonly reason: string | null
}

async function fulfil(context: Context, request: Request): Promise<SubscriptionResult> {
  return context.store.transaction(async (tx) => {
    const { accountId, wish, actor } = request
    const held = await lockAccount(tx, accountId)
    const by = await requireManager(tx, accountId, actor, 'cancel or resume the subscription of this account')
    requireAllowed(held.account, wish)
    const stamp = stampOf(context, context.clock())
    const standing = standingFor(wish, held, stamp)
    if (standing.next === null) return unchanged(held, standing)
    const after = changed(wish, standing, standing.next, stamp)
    const { account: status } = standing.next
    await save(context, tx, { held, before: standing.subscription, after, status, request: { ...request, actor: by }, at: stamp.now })
    return {
      account: { ...held.account, status, plan: standing.plan, credits: after.ledger.balance },
      subscription: after.subscription,
      changed: true,
    }
  })
}

/** A suspended account may still stop paying, but not go on. */
function requireAllowed(account: Account, wish: Request['wish']): void {
  if (wish === 'resume') requireOpenAccount(account)
  if (account.status === 'cancelled') throw new TenantryError('account_cancelled', { accountId: account.id })
}

/** The answer shows what counts now; whatever time has brought about is written with the next change. */
const unchanged = ({ account }: PlannedState, { subscription, ledger, plan }: Standing): SubscriptionResult => ({
  account: { ...account, plan, credits: ledger.balance },
  subscription,
  changed: false,
})

/** Whether a subscription ends now or with its period, the life's table has decided. */
function changed(wish: Request['wish'], { subscription, ledger }: Standing, next: NextLife, stamp: Stamp): CreditedSubscription {
  if (wish === 'resume') return { ledger, subscription: resume(subscription, stamp) }
  if (next.subscription === 'canceled') return cancelNow({ subscription, ledger }, stamp)
  return { ledger, subscription: cancelAtPeriodEnd(subscription, stamp) }
}

interface Saving {
  readonly held: PlannedState
  /** Settled, before the change. */
  readonly before: Subscription
  readonly after: CreditedSubscription
  /** Of the account, after the change. */
  readonly status: Account['status']
  readonly request: Request
  readonly at: Date
}

async function save(context: Context, tx: StoreTransaction, { held, before, after, status, request, at }: Saving): Promise<void> {
  const { accountId, action, actor, reason } = request
  const { account } = held
  await saveChange(context, tx, held, after)
  if (status !== account.status) await tx.saveAccount({ accountId, status, at })
  await recordAct(context, tx, {
    action,
    accountId,
    actor,
    reason,
    before: { ...facts(before), accountStatus: account.status, credits: account.credits },
    after: { ...facts(after.subscription), accountStatus: status, credits: after.ledger.balance },
    at,
  })
  await tell(context, tx, after.subscription, request.wish, at)
}

const facts = ({ status, cancelAtPeriodEnd: endsWithPeriod, currentPeriodEnd, pendingPlanId }: Subscription): Record<string, unknown> => ({
  status,
  cancelAtPeriodEnd: endsWithPeriod,
  periodEnd: currentPeriodEnd.toISOString(),
  pendingPlanId,
})

async function tell(context: Context, tx: StoreTransaction, subscription: Subscription, wish: Request['wish'], at: Date): Promise<void> {
  const { id: subscriptionId, accountId, status, currentPeriodEnd } = subscription
  const end = currentPeriodEnd.toISOString()
  if (wish === 'resume') {
    await recordEvent(context, tx, { accountId, name: 'subscription.resumed', data: { subscriptionId, periodEnd: end }, at })
  } else if (status === 'canceled') {
    await recordEvent(context, tx, { accountId, name: 'subscription.canceled', data: { subscriptionId, endedAt: end }, at })
  } else {
    await recordEvent(context, tx, { accountId, name: 'subscription.cancel_scheduled', data: { subscriptionId, endsAt: end }, at })
  }
}
