import { z } from 'zod'
import { timeLimit } from '../../domain/access.js'
import type { Actor } from '../../domain/actor.js'
import { type LifeState, lifeOf, nextLife } from '../../domain/life.js'
import { isPaidPeriodRunning } from '../../domain/paid-period.js'
import type { Payment } from '../../domain/payment.js'
import { printedTransferReference } from '../../domain/transfer-reference.js'
import { awaitPayment, transferDueAt } from '../../domain/transfer-request.js'
import { TenantryError } from '../../errors.js'
import type { AccountState } from '../../ports/store/accounts.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import { lockAccount } from '../accounts/account-status.js'
import { recordAct } from '../audit/record-act.js'
import { requireManager } from '../authority.js'
import type { Context } from '../context.js'
import { saveChange, settleState, stampOf } from '../credits/change-ledger.js'
import { recordEvent } from '../events/record-event.js'
import { parseActor, parseInput } from '../parse-input.js'
import type { PlannedState } from '../plans/pending-plan.js'
import { currency, id, integer, slug } from '../schemas.js'
import { paymentFacts } from './confirmation-events.js'
import { claimNewReference } from './new-reference.js'
import { paymentClosed, planSlugOf } from './payment-act.js'
import { requirePlanMayChange } from './plan-may-change.js'
import { type Order, priceOrder } from './transfer-price.js'

const Input = z.strictObject({
  accountId: id,
  planSlug: slug,
  /** Calendar months, 1 to 36; one billing cycle of the plan when left out. */
  periodMonths: integer(1, 36).optional(),
  /** ISO 4217; may be left out for a plan with one price. */
  currency: currency.optional(),
})

/** What `requestBankTransfer` takes. */
export type RequestBankTransferInput = z.input<typeof Input>
/** What `requestBankTransfer` answers. */
export interface RequestBankTransferResult {
  /** What is due, until when, and under which reference. */
  readonly payment: Payment
  /** What to tell the customer: the amount, the account of the bank, the reference and the day. */
  readonly instructions: string
}

/** A request that is being made. */
interface Asking {
  readonly held: PlannedState
  readonly order: Order
  readonly actor: Actor
  readonly now: Date
}

/** See {@link Tenantry.requestBankTransfer}. */
export async function requestBankTransfer(
  context: Context,
  input: RequestBankTransferInput,
  actor: Actor,
): Promise<RequestBankTransferResult> {
  const asked = parseInput(Input, input)
  const asking = parseActor(actor)
  return context.store.transaction(async (tx) => {
    const held = await lockAccount(tx, asked.accountId)
    const manager = await requireManager(tx, asked.accountId, asking, 'ask for bank transfers of this account')
    const plan = await tx.findPlanBySlug(asked.planSlug)
    if (plan === null) throw new TenantryError('plan_not_found', { planSlug: asked.planSlug })
    const order = priceOrder(plan, asked)
    const payment = await requestHeld(context, tx, { held, order, actor: manager, now: context.clock() })
    return { payment, instructions: instructionsFor(context, held, order, payment) }
  })
}

async function requestHeld(context: Context, tx: StoreTransaction, asking: Asking): Promise<Payment> {
  const { held, order, now } = asking
  const { account } = held
  if (account.status === 'cancelled') throw new TenantryError('account_cancelled', { accountId: account.id })
  // As a confirmation would find it: with the credits of the months that have begun.
  const { subscription } = settleState(held, stampOf(context, now))
  if (isPaidPeriodRunning(subscription, now)) {
    requirePlanMayChange(held, subscription, { plan: order.plan, currency: order.due.currency, now })
  }
  const open = (await tx.findOpenTransfer(account.id))?.payment ?? null
  if (open !== null && isStillGood(open, asking)) return open
  if (open !== null) await replace(context, tx, open, asking)
  const payment = await newRequest(context, tx, asking)
  await tx.savePayment({ payment, fingerprint: null, outcome: null })
  await waitForPayment(context, tx, asking, payment, open)
  return payment
}

/** The same request, not overdue, or on its way already: asking again changes nothing. */
function isStillGood({ status, planId, periodMonths, amount, dueAt }: Payment, { order, now }: Asking): boolean {
  const isSame = planId === order.plan.id && periodMonths === order.months && amount.currency === order.due.currency
  return isSame && (status === 'submitted' || dueAt === null || dueAt > now)
}

/** Closes a request in favour of another one. What the customer has said to have sent needs a decision first. */
async function replace(context: Context, tx: StoreTransaction, open: Payment, { actor, now }: Asking): Promise<void> {
  if (open.status === 'submitted') {
    const reference = printedTransferReference(open.reference)
    throw paymentClosed(open, `The transfer under ${reference} is submitted. Ask again when it has been confirmed or rejected.`)
  }
  const payment: Payment = { ...open, status: 'rejected', decidedBy: actor, decidedAt: now, reason: 'replaced' }
  await tx.savePayment({ payment, fingerprint: null, outcome: null })
  const data = { ...paymentFacts(payment, await planSlugOf(tx, payment)), reason: 'replaced' }
  await recordEvent(context, tx, { accountId: payment.accountId, name: 'payment.rejected', data, at: now })
}

async function newRequest(context: Context, tx: StoreTransaction, { held, order, now }: Asking): Promise<Payment> {
  const accountId = held.account.id
  const id = context.newId()
  return {
    id,
    accountId,
    method: 'bank_transfer',
    status: 'requested',
    reference: await claimNewReference(context, tx, { accountId, paymentId: id }),
    externalPaymentId: null,
    amount: order.due,
    periodMonths: order.months,
    planId: order.plan.id,
    dueAt: transferDueAt(held.subscription, now, context.settings.billing.paymentDueDays),
    payerName: null,
    proofUrl: null,
    decidedBy: null,
    decidedAt: null,
    reason: null,
    createdAt: now,
  }
}

/** An account without paid time waits for the money from now on. */
async function waitForPayment(
  context: Context,
  tx: StoreTransaction,
  { held, order, actor, now: at }: Asking,
  payment: Payment,
  replaced: Payment | null,
): Promise<void> {
  const { account } = held
  const life = nextLife(lifeOf(held, at), 'payment_requested')
  if (life.subscription !== (held.subscription?.status ?? null)) await saveWaiting(context, tx, held, payment)
  if (life.account !== account.status) await tx.saveAccount({ accountId: account.id, status: life.account, at })
  const { reference, dueAt } = payment
  const due = dueAt?.toISOString() ?? ''
  await recordAct(context, tx, {
    action: 'requestBankTransfer',
    accountId: account.id,
    actor,
    before: statuses({ account: account.status, subscription: held.subscription?.status ?? null }),
    after: { ...statuses(life), ...paymentFacts(payment, order.plan.slug), reference, dueAt: due, replaced: replaced?.id ?? null },
    at,
  })
  const data = { ...paymentFacts(payment, order.plan.slug), reference, dueAt: due }
  await recordEvent(context, tx, { accountId: account.id, name: 'payment.requested', data, at })
}

/** The ledger is settled first: once the subscription waits, its old period is not known any more. */
async function saveWaiting(context: Context, tx: StoreTransaction, held: PlannedState, payment: Payment): Promise<void> {
  const now = payment.createdAt
  const { ledger, subscription } = settleState(held, stampOf(context, now))
  if (subscription === null) return
  const wouldEndAt = timeLimit(held.account, subscription, context.settings.billing).at
  const waiting = awaitPayment(subscription, { now, dueAt: payment.dueAt ?? now, wouldEndAt })
  await saveChange(context, tx, held, { ledger, subscription: waiting })
}

const statuses = ({ account, subscription }: LifeState) => ({ status: account, subscription })

function instructionsFor(context: Context, { account }: AccountState, { plan }: Order, payment: Payment): string {
  const { transferInstructions, bankDetails, supportContact } = context.settings.billing
  const reference = printedTransferReference(payment.reference)
  const text: unknown = transferInstructions({ account, plan, payment, reference, bankDetails, supportContact })
  if (typeof text !== 'string') throw new TypeError('billing.transferInstructions must answer a text')
  return text
}
