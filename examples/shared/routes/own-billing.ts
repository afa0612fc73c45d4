import type { CancelSubscriptionInput, RequestBankTransferInput, SubmitBankTransferInput } from 'tenantry'
import type { App } from '../app.js'
import { succeeded } from '../http/answers.js'
import { hasBody, readBody } from '../http/body.js'
import { type Customer, forCustomers } from '../http/customer.js'
import type { Answer, HttpRequest, Route } from '../http/exchange.js'
import { pageOf } from '../http/query.js'
import type { plans } from '../plans.js'
import { accountView, paymentView, receiptView, subscriptionView } from './views.js'

/** What an account owes and has paid, for those who manage it. A customer whose time is over is let in: here they pay. */
export const ownBillingRoutes: Route[] = [
  { access: 'anyone', method: 'GET', path: '/api/v1/billing', handle: forCustomers(standing) },
  { access: 'anyone', method: 'GET', path: '/api/v1/billing/payments', handle: forCustomers(listPayments) },
  { access: 'anyone', method: 'GET', path: '/api/v1/billing/receipts', handle: forCustomers(listReceipts) },
  { access: 'anyone', method: 'POST', path: '/api/v1/billing/request-bank-transfer', handle: forCustomers(request) },
  { access: 'anyone', method: 'POST', path: '/api/v1/billing/submit-bank-transfer', handle: forCustomers(submit) },
  { access: 'anyone', method: 'POST', path: '/api/v1/billing/cancel-subscription', handle: forCustomers(cancel) },
  { access: 'anyone', method: 'POST', path: '/api/v1/billing/resume-subscription', handle: forCustomers(resume) },
]

async function standing({ tenantry }: App, _request: HttpRequest, { account, subscription, refusal }: Customer): Promise<Answer> {
  const { balance } = await tenantry.creditBalance({ accountId: account.id })
  const shown = { ...accountView(account, balance), subscription: subscription && subscriptionView(subscription) }
  return succeeded({ account: shown, refusal })
}

async function listPayments({ tenantry }: App, { query }: HttpRequest, { account }: Customer): Promise<Answer> {
  const { items, next } = await tenantry.listPayments({ accountId: account.id, ...pageOf(query) })
  return succeeded({ payments: items.map(paymentView), next })
}

async function listReceipts({ tenantry }: App, { query }: HttpRequest, { account }: Customer): Promise<Answer> {
  const { items, next } = await tenantry.listReceipts({ accountId: account.id, ...pageOf(query) })
  return succeeded({ receipts: items.map(receiptView), next })
}

type Wish = Omit<RequestBankTransferInput, 'accountId' | 'planSlug'> & { planSlug: keyof typeof plans }

async function request({ tenantry }: App, http: HttpRequest, { account, actor }: Customer): Promise<Answer> {
  const wish = readBody<Wish>(http, { plan_slug: 'planSlug', period_months: 'periodMonths', currency: 'currency' })
  const { payment, instructions } = await tenantry.requestBankTransfer({ ...wish, accountId: account.id }, actor)
  return succeeded({ payment: paymentView(payment), instructions })
}

const submissionFields = {
  payment_id: 'paymentId',
  external_payment_id: 'externalPaymentId',
  payer_name: 'payerName',
  proof_url: 'proofUrl',
} as const

async function submit({ tenantry }: App, http: HttpRequest, { actor }: Customer): Promise<Answer> {
  const { payment } = await tenantry.submitBankTransfer(readBody<SubmitBankTransferInput>(http, submissionFields), actor)
  return succeeded({ payment: paymentView(payment) })
}

/** At the end of the period, unless the body says `now`. */
async function cancel({ tenantry }: App, http: HttpRequest, { account, actor }: Customer): Promise<Answer> {
  type When = Partial<Pick<CancelSubscriptionInput, 'when'>>
  const { when = 'period_end' } = hasBody(http) ? readBody<When>(http, { when: 'when' }) : {}
  const { subscription } = await tenantry.cancelSubscription({ accountId: account.id, when }, actor)
  return succeeded({ subscription: subscriptionView(subscription) })
}

async function resume({ tenantry }: App, _request: HttpRequest, { account, actor }: Customer): Promise<Answer> {
  const { subscription } = await tenantry.resumeSubscription({ accountId: account.id }, actor)
  return succeeded({ subscription: subscriptionView(subscription) })
}
