import type { Payment, Plan } from 'tenantry'
import type { App } from '../app.js'
import { bankDetails } from '../bank-details.js'
import { page, redirect } from '../http/answers.js'
import { readForm } from '../http/body.js'
import { type Customer, customerPage } from '../http/customer.js'
import type { Answer, HttpRequest, Route } from '../http/exchange.js'
import { formToken } from '../http/form-token.js'
import { billingPage } from '../pages/billing.js'
import { plansPage } from '../pages/plans.js'
import { onSale, type plans } from '../plans.js'
import { type FormRefusal, numberIn, refusalOf } from './form-problem.js'
import { recentUse } from './usage.js'

/** The customer's pages about money. Their forms need no script. */
export const billingPageRoutes: Route[] = [
  { access: 'anyone', method: 'GET', path: '/plans', handle: customerPage((app, _request, customer) => showPlans(app, customer)) },
  { access: 'anyone', method: 'POST', path: '/plans', takes: 'form', handle: customerPage(choose) },
  {
    access: 'anyone',
    method: 'GET',
    path: '/billing',
    handle: customerPage((app, request, customer) => showBilling(app, request, customer)),
  },
  { access: 'anyone', method: 'POST', path: '/billing/payments/:id/submit', takes: 'form', handle: customerPage(submit) },
  { access: 'anyone', method: 'POST', path: '/billing/cancel', takes: 'form', handle: customerPage(cancel) },
  { access: 'anyone', method: 'POST', path: '/billing/resume', takes: 'form', handle: customerPage(resume) },
]

async function showPlans(app: App, customer: Customer, problem: FormRefusal | null = null): Promise<Answer> {
  const { account, user, refusal, session } = customer
  const [{ items }, open] = await Promise.all([app.tenantry.listPlans({ limit: 200 }), openTransfer(app, account.id)])
  const html = plansPage({
    user,
    accountName: account.name,
    plans: onSale(items),
    presentPlanId: account.plan?.id ?? null,
    refusal,
    open: open && { payment: open, planName: nameOf(open, items) },
    bankDetails,
    now: app.clock(),
    token: formToken(session),
    problem,
  })
  return page(html, problem?.status)
}

const nameOf = ({ planId }: Payment, plans: readonly Plan[]): string => plans.find(({ id }) => id === planId)?.name ?? 'A plan'

/** What the account has been asked for: there is one at most. */
async function openTransfer({ tenantry }: App, accountId: string): Promise<Payment | null> {
  const [submitted, requested] = await Promise.all([
    tenantry.listPayments({ accountId, status: 'submitted', limit: 1 }),
    tenantry.listPayments({ accountId, status: 'requested', limit: 1 }),
  ])
  return submitted.items[0] ?? requested.items[0] ?? null
}

async function choose(app: App, request: HttpRequest, customer: Customer): Promise<Answer> {
  const values = readForm(request, customer.session, ['plan_slug', 'period_months'])
  const wish = { planSlug: values['plan_slug'] as keyof typeof plans, periodMonths: numberIn(values['period_months']) }
  const problem = await refusalOf({ form: 'choose', fields: ['period_months'], values }, () =>
    app.tenantry.requestBankTransfer({ ...wish, accountId: customer.account.id }, customer.actor),
  )
  return problem === null ? redirect('/plans#pay') : showPlans(app, customer, problem)
}

/** What has just been done, in words. The address only names it. */
const doneWords: Readonly<Record<string, string>> = {
  submitted: 'Thank you. We look for your transfer, and confirm it as soon as it has arrived.',
  cancelled: 'Your subscription ends with the time that is paid for.',
  resumed: 'Your subscription goes on.',
}

async function showBilling(
  app: App,
  { query }: Pick<HttpRequest, 'query'>,
  customer: Customer,
  problem: FormRefusal | null = null,
): Promise<Answer> {
  const { tenantry } = app
  const accountId = customer.account.id
  const before = (name: string): string | undefined => query.get(name) ?? undefined
  const [{ balance }, use, plans, open, payments, receipts] = await Promise.all([
    tenantry.creditBalance({ accountId }),
    recentUse(app, accountId),
    tenantry.listPlans({ limit: 200 }),
    openTransfer(app, accountId),
    tenantry.listPayments({ accountId, before: before('payments'), limit: 10 }),
    tenantry.listReceipts({ accountId, before: before('receipts'), limit: 10 }),
  ])
  const shown = { ...customer, balance, use, plans: plans.items, open, payments, receipts, problem }
  const done = doneWords[before('done') ?? ''] ?? null
  return page(billingPage({ ...shown, done, token: formToken(customer.session), now: app.clock() }), problem?.status)
}

async function submit(app: App, request: HttpRequest, customer: Customer): Promise<Answer> {
  const fields = ['external_payment_id', 'payer_name', 'proof_url']
  const values = readForm(request, customer.session, fields)
  const paymentId = request.params['id'] ?? ''
  const submission = {
    paymentId,
    externalPaymentId: values['external_payment_id'] as string,
    payerName: values['payer_name'] as string,
    proofUrl: values['proof_url'],
  }
  const act = () => app.tenantry.submitBankTransfer(submission, customer.actor)
  const problem = await refusalOf({ form: `sent-${paymentId}`, fields, values }, act)
  if (problem === null) return redirect('/billing?done=submitted')
  // It is told where its form stands: that of the transfer which is open is on the other page.
  const open = await openTransfer(app, customer.account.id)
  return open?.id === paymentId ? showPlans(app, customer, problem) : showBilling(app, request, customer, problem)
}

async function cancel(app: App, request: HttpRequest, customer: Customer): Promise<Answer> {
  readForm(request, customer.session, [])
  const wish = { accountId: customer.account.id, when: 'period_end' } as const
  const problem = await refusalOf({ form: 'cancel-form', fields: [], values: {} }, () =>
    app.tenantry.cancelSubscription(wish, customer.actor),
  )
  return problem === null ? redirect('/billing?done=cancelled') : showBilling(app, request, customer, problem)
}

async function resume(app: App, request: HttpRequest, customer: Customer): Promise<Answer> {
  readForm(request, customer.session, [])
  const wish = { accountId: customer.account.id }
  const problem = await refusalOf({ form: 'resume', fields: [], values: {} }, () => app.tenantry.resumeSubscription(wish, customer.actor))
  return problem === null ? redirect('/billing?done=resumed') : showBilling(app, request, customer, problem)
}
