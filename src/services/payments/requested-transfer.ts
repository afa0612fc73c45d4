import type { Plan } from '../../domain/plan.js'
import { printedTransferReference } from '../../domain/transfer-reference.js'
import type { InputIssue } from '../../errors.js'
import { TenantryError } from '../../errors.js'
import type { AccountState } from '../../ports/store/accounts.js'
import type { RecordedPayment } from '../../ports/store/payments.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import { invalidInput } from '../parse-input.js'
import type { PlannedState } from '../plans/pending-plan.js'
import { paymentClosed } from './payment-act.js'
import type { TransferAccount } from './transfer-account.js'
import type { ConfirmedTransfer } from './transfer-input.js'

/** The payment that was named or, where none was, the transfer that the account has been asked for and has not paid yet. */
export function findRequested(tx: StoreTransaction, { accountId, paymentId }: TransferAccount): Promise<RecordedPayment | null> {
  return paymentId === null ? tx.findOpenTransfer(accountId) : tx.findPayment(paymentId)
}

/**
 * Refuses what nobody may pay for any more.
 *
 * @throws TenantryError `account_cancelled`, `payment_closed`
 */
export function requireConfirmable({ account }: AccountState, requested: RecordedPayment | null): void {
  if (account.status === 'cancelled') throw new TenantryError('account_cancelled', { accountId: account.id })
  const payment = requested?.payment
  if (payment !== undefined && payment.status !== 'requested' && payment.status !== 'submitted') throw paymentClosed(payment)
}

/**
 * The plan that was paid for: as it was requested, else as named, else the one that is scheduled, else the account's own. A request says all that is bought; what is named
 * beside it must say the same.
 *
 * @throws TenantryError `plan_not_found`, `invalid_input`
 */
export async function findPaidPlan(
  tx: StoreTransaction,
  { account, pendingPlan }: PlannedState,
  { planSlug, periodMonths }: ConfirmedTransfer,
  requested: RecordedPayment | null,
): Promise<Plan> {
  if (requested !== null) return requestedPlan(tx, requested, { planSlug, periodMonths })
  const plan = planSlug === undefined ? (pendingPlan ?? account.plan) : await tx.findPlanBySlug(planSlug)
  if (plan !== null) return plan
  if (planSlug !== undefined) throw new TenantryError('plan_not_found', { planSlug })
  throw invalidInput([{ path: 'planSlug', message: 'is required, because the account has no plan' }])
}

const planGone =
  'The plan that the transfer was requested for is not there any more. Reject the transfer, and name the plan that was paid for.'

async function requestedPlan(
  tx: StoreTransaction,
  { payment }: RecordedPayment,
  named: { planSlug: string | undefined; periodMonths: number | undefined },
): Promise<Plan> {
  const plan = payment.planId === null ? null : await tx.findPlanById(payment.planId)
  if (plan === null) throw new TenantryError('plan_not_found', { planSlug: named.planSlug ?? '' }, { message: planGone })
  const request = `the transfer that was requested under ${printedTransferReference(payment.reference)}`
  const issues: InputIssue[] = []
  if ((named.planSlug ?? plan.slug) !== plan.slug) {
    issues.push({
      path: 'planSlug',
      message: `must be "${plan.slug}", the plan of ${request}; reject that first if something else was paid`,
    })
  }
  if ((named.periodMonths ?? payment.periodMonths) !== payment.periodMonths) {
    issues.push({
      path: 'periodMonths',
      message: `must be ${payment.periodMonths}, the months of ${request}; reject that first if others were paid`,
    })
  }
  if (issues.length > 0) throw invalidInput(issues)
  return plan
}
