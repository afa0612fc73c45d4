import { z } from 'zod'
import { type Actor, isOperator } from '../../domain/actor.js'
import { formatMoney } from '../../domain/money.js'
import { TenantryError } from '../../errors.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import { lockAccount } from '../accounts/account-status.js'
import { recordAct } from '../audit/record-act.js'
import { forbidden, requireManager } from '../authority.js'
import type { Context } from '../context.js'
import { saveChange, stampOf } from '../credits/change-ledger.js'
import { recordEvent } from '../events/record-event.js'
import { parseInput } from '../parse-input.js'
import { type PlannedState, withPendingPlan } from '../plans/pending-plan.js'
import { id, line, slug } from '../schemas.js'
import { decidePlanChange, type PlanChangeDecision, type PlanChangeMoment, type PlanChangeResult } from './plan-change-decision.js'

const Input = z.strictObject({
  accountId: id,
  planSlug: slug,
  /** `now`, for all the time that is left; or `period_end`, when the time that has been paid for ends. */
  when: z.enum(['now', 'period_end']),
  /** For the audit log; such as how the difference was settled. */
  reason: line(500).optional(),
})

/** What `changePlan` takes. */
export type ChangePlanInput = z.input<typeof Input>
/** What `previewPlanChange` takes. */
export type PreviewPlanChangeInput = ChangePlanInput

/** See {@link TenantrySubscriptions.changePlan}. */
export async function changePlan(context: Context, input: ChangePlanInput, actor: Actor): Promise<PlanChangeResult> {
  const wish = parseInput(Input, input)
  return context.store.transaction(async (tx) => {
    const held = await lockAccount(tx, wish.accountId)
    const by = await requireManager(tx, wish.accountId, actor, action)
    await requireNoInterest(tx, wish.accountId, by)
    const stamp = stampOf(context, context.clock())
    const decision = await decidePlanChange(tx, held, { ...wish, by, stamp })
    requireSettledMoney(decision, by)
    if (decision.result.changed) await save(context, tx, held, { decision, by, when: wish.when, reason: wish.reason, at: stamp.now })
    return decision.result
  })
}

/** See {@link TenantrySubscriptions.previewPlanChange}. */
export async function previewPlanChange(context: Context, input: PreviewPlanChangeInput, actor: Actor): Promise<PlanChangeResult> {
  const { store } = context
  const { accountId, ...wish } = parseInput(Input, input)
  const by = await requireManager(store, accountId, actor, action)
  const state = await store.findAccountState(accountId)
  if (state === null) throw new TenantryError('account_not_found', { accountId })
  const stamp = stampOf(context, context.clock())
  return (await decidePlanChange(store, await withPendingPlan(store, state), { ...wish, by, stamp })).result
}

const action = 'change the plan of this account'

/** An administrator may not say of their own account that its money is settled. As one of its users they change it like any other. */
async function requireNoInterest(tx: StoreTransaction, accountId: string, { type, id: userId }: Actor): Promise<void> {
  if (type !== 'admin' || (await tx.findMembership({ accountId, userId })) === null) return
  throw forbidden('change the plan of your own account as an administrator', 'otherAdministrator')
}

/** Who runs the platform may have settled the money otherwise. */
function requireSettledMoney({ to, result }: PlanChangeDecision, by: Actor): void {
  if (!result.requiresPayment || isOperator(by)) return
  const amounts = result.amountsDue.map((due) => `${formatMoney(due)} ${due.currency}`).join(' or ') || 'ask for its price'
  const message = `The plan "${to.slug}" has to be paid for first: ${amounts}. Then an administrator makes the change; or let it begin at the end of the period.`
  throw new TenantryError('payment_required', { planSlug: to.slug, amountsDue: result.amountsDue }, { message })
}

interface Saving {
  readonly decision: PlanChangeDecision
  readonly by: Actor
  readonly when: PlanChangeMoment
  readonly reason: string | undefined
  readonly at: Date
}

async function save(context: Context, tx: StoreTransaction, held: PlannedState, saving: Saving): Promise<void> {
  const { decision, by, when, reason, at } = saving
  const { standing, to, subscription, ledger, result } = decision
  const accountId = held.account.id
  await saveChange(context, tx, held, { ledger, subscription })
  await recordAct(context, tx, {
    action: 'changePlan',
    accountId,
    actor: by,
    reason: reason ?? null,
    before: { plan: standing.plan.slug, scheduledPlan: held.pendingPlan?.slug ?? null, credits: standing.ledger.balance },
    after: {
      plan: result.account.plan?.slug ?? null,
      scheduledPlan: result.scheduledPlan?.slug ?? null,
      credits: result.credits,
      when,
      effectiveAt: result.effectiveAt.toISOString(),
      amountsDue: result.amountsDue,
    },
    at,
  })
  await tell(context, tx, { accountId, decision, former: held.pendingPlan?.slug ?? to.slug, at })
}

async function tell(
  context: Context,
  tx: StoreTransaction,
  { accountId, decision, former, at }: { accountId: string; decision: PlanChangeDecision; former: string; at: Date },
): Promise<void> {
  const { standing, to, subscription, result } = decision
  const facts = { subscriptionId: subscription.id, fromPlanSlug: standing.plan.slug, toPlanSlug: to.slug }
  if (subscription.planId !== standing.plan.id) {
    await recordEvent(context, tx, { accountId, name: 'subscription.changed', data: facts, at })
  } else if (result.scheduledPlan !== null) {
    const data = { ...facts, effectiveAt: result.effectiveAt.toISOString() }
    await recordEvent(context, tx, { accountId, name: 'subscription.change_scheduled', data, at })
  } else {
    await recordEvent(context, tx, { accountId, name: 'subscription.change_withdrawn', data: { ...facts, toPlanSlug: former }, at })
  }
}
