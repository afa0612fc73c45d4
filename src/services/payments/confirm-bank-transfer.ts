import type { z } from 'zod'
import type { Account } from '../../domain/account.js'
import type { Actor } from '../../domain/actor.js'
import type { Ledger } from '../../domain/ledger.js'
import { lifeOf, nextLife } from '../../domain/life.js'
import { beginPaidPeriod, isPaidPeriodRunning, type PaidPeriod, prolongPaidPeriod } from '../../domain/paid-period.js'
import type { Payment } from '../../domain/payment.js'
import type { Plan } from '../../domain/plan.js'
import type { Receipt } from '../../domain/receipt.js'
import type { Subscription } from '../../domain/subscription.js'
import { invariant } from '../../errors.js'
import type { AccountState } from '../../ports/store/accounts.js'
import type { RecordedPayment } from '../../ports/store/payments.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import { lockAccount } from '../accounts/account-status.js'
import { recordAct } from '../audit/record-act.js'
import { forbidden } from '../authority.js'
import type { Context } from '../context.js'
import { saveChange, settleState, stampOf } from '../credits/change-ledger.js'
import { recordEvents } from '../events/record-event.js'
import { parseActor, parseInput } from '../parse-input.js'
import type { PlannedState } from '../plans/pending-plan.js'
import { issueReceipt } from '../receipts/issue-receipt.js'
import { claimTransfer, transferFingerprint } from './claim-transfer.js'
import { confirmationEvents } from './confirmation-events.js'
import { writeOutcome } from './outcome.js'
import { requirePlanMayChange } from './plan-may-change.js'
import { findPaidPlan, findRequested, requireConfirmable } from './requested-transfer.js'
import { findTransferAccount, type TransferAccount } from './transfer-account.js'
import { type ConfirmedTransfer, confirmBankTransferInput } from './transfer-input.js'
import { type Purchase, priceTransfer } from './transfer-price.js'

/** What `confirmBankTransfer` takes. */
export type ConfirmBankTransferInput = z.input<typeof confirmBankTransferInput>
/** What `confirmBankTransfer` answers. */
export interface ConfirmBankTransferResult {
  readonly payment: Payment
  /** The plan that was paid for. The account's own is another one while a change to it is scheduled. */
  readonly plan: Plan
  readonly account: Account
  readonly subscription: Subscription
  /** The balance after the confirmation, in credits. */
  readonly credits: number
  /** Plan credits that came with it at once; those of further months come when their month begins. */
  readonly creditsGranted: number
  /** The time that was bought, `[periodStart, periodEnd)`. */
  readonly periodStart: Date
  readonly periodEnd: Date
  /** `true` when this transfer was confirmed before with the same content: nothing was done again, this is the first answer. */
  readonly replayed: boolean
  readonly receipt: Receipt
}

/** The same without the receipt, which is kept by itself. */
type Confirmed = Omit<ConfirmBankTransferResult, 'receipt'>

/** See {@link Tenantry.confirmBankTransfer}. */
export async function confirmBankTransfer(
  context: Context,
  input: ConfirmBankTransferInput,
  actor: Actor,
): Promise<ConfirmBankTransferResult> {
  const transfer = parseInput(confirmBankTransferInput, input)
  const admin = parseActor(actor)
  if (admin.type !== 'admin') throw forbidden('confirm bank transfers', 'administrator')
  const named = await findTransferAccount(context.store, transfer)
  return context.store.transaction((tx) => confirmHeld(context, tx, { transfer, admin, ...named }))
}

interface Confirmation extends TransferAccount {
  readonly transfer: ConfirmedTransfer
  readonly admin: Actor
}

async function confirmHeld(context: Context, tx: StoreTransaction, confirmation: Confirmation): Promise<ConfirmBankTransferResult> {
  const { transfer, admin, accountId } = confirmation
  const held = await lockAccount(tx, accountId)
  const member = await tx.findMembership({ accountId, userId: admin.id })
  if (member !== null) throw forbidden('confirm a transfer of your own account', 'otherAdministrator')

  const requested = await findRequested(tx, confirmation)
  const isNamed = confirmation.paymentId !== null
  const claimed = await claimTransfer<Confirmed>(context, tx, { accountId, transfer, requested, isNamed })
  if ('first' in claimed) return { ...claimed.first, receipt: await firstReceipt(tx, claimed.first), replayed: true }

  requireConfirmable(held, requested)
  const plan = await findPaidPlan(tx, held, transfer, requested)
  const purchase = priceTransfer(transfer, plan, requested?.payment ?? null)
  const { before, period } = buy(context, held, purchase, transfer.externalPaymentId)
  const payment = confirmedPayment({ confirmation, requested, purchase, id: claimed.paymentId, at: period.subscription.updatedAt })
  const result = describe(held, purchase.plan, payment, { before, period })
  await save(context, tx, { held, confirmation, period, result })
  return { ...result, receipt: await issueReceipt(context, tx, result, period.subscription.updatedAt) }
}

async function firstReceipt(tx: StoreTransaction, { payment }: Confirmed): Promise<Receipt> {
  const receipt = await tx.findPaymentReceipt({ accountId: payment.accountId, paymentId: payment.id })
  invariant(receipt !== null, 'a confirmed payment has a receipt')
  return receipt
}

/** Settles the ledger and lets the payment begin or prolong the paid time. `before` is the ledger between the two. */
function buy(
  context: Context,
  held: PlannedState,
  { plan, months, received }: Purchase,
  externalPaymentId: string,
): { before: Ledger; period: PaidPeriod } {
  const stamp = stampOf(context, context.clock())
  const { ledger, subscription } = settleState(held, stamp)
  const paid = { plan, months, externalPaymentId }
  if (!isPaidPeriodRunning(subscription, stamp.now)) {
    return { before: ledger, period: beginPaidPeriod(subscription, ledger, paid, { ...stamp, accountId: held.account.id }) }
  }
  requirePlanMayChange(held, subscription, { plan, currency: received.currency, now: stamp.now })
  return { before: ledger, period: prolongPaidPeriod(subscription, ledger, paid, stamp) }
}

function confirmedPayment(of: {
  confirmation: Confirmation
  requested: RecordedPayment | null
  purchase: Purchase
  id: string
  at: Date
}): Payment {
  const { transfer, admin, accountId } = of.confirmation
  const earlier = of.requested?.payment
  return {
    id: of.id,
    accountId,
    method: 'bank_transfer',
    status: 'confirmed',
    reference: earlier?.reference ?? transfer.externalPaymentId,
    externalPaymentId: transfer.externalPaymentId,
    amount: of.purchase.received,
    periodMonths: of.purchase.months,
    planId: of.purchase.plan.id,
    dueAt: earlier?.dueAt ?? null,
    payerName: transfer.payerName,
    proofUrl: transfer.proofUrl ?? earlier?.proofUrl ?? null,
    decidedBy: admin,
    decidedAt: of.at,
    reason: transfer.acceptAmount?.reason ?? null,
    createdAt: earlier?.createdAt ?? of.at,
  }
}

function describe(held: AccountState, plan: Plan, payment: Payment, { before, period }: { before: Ledger; period: PaidPeriod }): Confirmed {
  const { ledger, subscription, start, end } = period
  const { account: status } = nextLife(lifeOf(held, subscription.updatedAt), 'payment_confirmed')
  const granted = ledger.entries.slice(before.entries.length).filter((entry) => entry.type === 'subscription')
  return {
    payment,
    plan,
    account: {
      ...held.account,
      status,
      statusReason: null,
      paymentMethod: 'bank_transfer',
      plan: subscription.planId === plan.id ? plan : held.account.plan,
      credits: ledger.balance,
    },
    subscription,
    credits: ledger.balance,
    creditsGranted: granted.reduce((sum, entry) => sum + entry.amount, 0),
    periodStart: start,
    periodEnd: end,
    replayed: false,
  }
}

async function save(
  context: Context,
  tx: StoreTransaction,
  of: { held: PlannedState; confirmation: Confirmation; period: PaidPeriod; result: Confirmed },
): Promise<void> {
  const { held, period, result, confirmation } = of
  const { account, payment } = result
  const at = period.subscription.updatedAt
  invariant(account.plan !== null, 'a paid account has a plan')
  await saveChange(context, tx, held, period)
  await tx.saveAccount({
    accountId: account.id,
    status: account.status,
    statusReason: null,
    paymentMethod: 'bank_transfer',
    planId: account.plan.id,
    at,
  })
  await tx.savePayment({ payment, fingerprint: transferFingerprint(result), outcome: writeOutcome(result) })
  await recordAct(context, tx, {
    action: 'confirmBankTransfer',
    accountId: account.id,
    actor: confirmation.admin,
    reason: payment.reason,
    before: facts(held.account, held.subscription),
    after: { ...facts(account, period.subscription), paymentId: payment.id, externalPaymentId: payment.externalPaymentId },
    at,
  })
  const hadPaidTime = isPaidPeriodRunning(held.subscription, at)
  await recordEvents(context, tx, { accountId: account.id, at, contents: confirmationEvents(result, hadPaidTime) })
}

const facts = (account: Account, subscription: Subscription | null): Record<string, unknown> => ({
  status: account.status,
  plan: account.plan?.slug ?? null,
  credits: account.credits,
  periodEnd: subscription?.currentPeriodEnd.toISOString() ?? null,
})
