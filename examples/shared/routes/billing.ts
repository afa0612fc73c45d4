import type { ConfirmBankTransferInput, ListPaymentsInput, RejectBankTransferInput } from 'tenantry'
import type { App } from '../app.js'
import { succeeded } from '../http/answers.js'
import { invalidInput, readBody } from '../http/body.js'
import type { Answer, HttpRequest, Route } from '../http/exchange.js'
import { type Administrator, forAdmins, throttled } from '../http/guards.js'
import { pageOf } from '../http/query.js'
import type { plans } from '../plans.js'
import { paymentView, planView } from './views.js'

/** What can be bought, and transfers as administrators decide them. */
export const billingRoutes: Route[] = [
  { access: 'anyone', method: 'POST', path: '/api/v1/billing/confirm-bank-transfer', handle: forAdmins(confirm) },
  { access: 'anyone', method: 'POST', path: '/api/v1/billing/reject-bank-transfer', handle: forAdmins(reject) },
  { access: 'anyone', method: 'GET', path: '/api/v1/admin/payments', handle: forAdmins(list) },
  { access: 'anyone', method: 'GET', path: '/api/v1/plans', handle: throttled('pages', listPlans) },
]

type Transfer = Omit<ConfirmBankTransferInput, 'planSlug'> & { planSlug?: keyof typeof plans }

const transferFields = {
  account_id: 'accountId',
  subscription_id: 'subscriptionId',
  payment_id: 'paymentId',
  reference: 'reference',
  external_payment_id: 'externalPaymentId',
  amount: 'amount',
  currency: 'currency',
  payer_name: 'payerName',
  proof_url: 'proofUrl',
  period_months: 'periodMonths',
  plan_slug: 'planSlug',
  accept_amount: 'acceptAmount',
} as const

async function confirm({ tenantry }: App, request: HttpRequest, admin: Administrator): Promise<Answer> {
  const transfer = readBody<Transfer>(request, transferFields)
  if (typeof transfer.amount === 'number') throw invalidInput('amount', 'send it as a string, such as "29.99": JSON numbers are not exact')
  const { account, subscription, credits, periodStart, periodEnd } = await tenantry.confirmBankTransfer(transfer, admin.actor)
  const data = {
    account_id: account.id,
    subscription_id: subscription.id,
    status: account.status,
    credits,
    period_start: periodStart,
    period_end: periodEnd,
  }
  return succeeded(data, { message: 'Bank transfer confirmed successfully' })
}

async function reject({ tenantry }: App, request: HttpRequest, admin: Administrator): Promise<Answer> {
  const rejection = readBody<RejectBankTransferInput>(request, { payment_id: 'paymentId', reason: 'reason' })
  const { payment } = await tenantry.rejectBankTransfer(rejection, admin.actor)
  return succeeded({ payment: paymentView(payment) })
}

/** `?status=submitted` is what waits for a decision; `?account_id=…` is one account's. */
async function list({ tenantry }: App, { query }: HttpRequest): Promise<Answer> {
  const [accountId, status] = [query.get('account_id') ?? undefined, query.get('status') ?? undefined]
  const asked = { ...pageOf(query), accountId, status: status as ListPaymentsInput['status'] }
  const { items, next } = await tenantry.listPayments(asked)
  return succeeded({ payments: items.map(paymentView), next })
}

async function listPlans({ tenantry }: App): Promise<Answer> {
  const { items } = await tenantry.listPlans()
  return succeeded({ plans: items.filter((plan) => plan.isActive).map(planView) })
}
