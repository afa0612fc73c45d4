import { isTenantryError, type Payment, type PaymentStatus, type Plan } from 'tenantry'
import type { App } from '../app.js'
import { page, redirect } from '../http/answers.js'
import { readForm } from '../http/body.js'
import { sessionOf } from '../http/credential.js'
import type { Answer, HttpRequest, PublicRoute, Route } from '../http/exchange.js'
import { formToken } from '../http/form-token.js'
import { type Administrator, throttled } from '../http/guards.js'
import { moment, money } from '../pages/format.js'
import { type Html, html, isolated } from '../pages/html.js'
import { refusedPage } from '../pages/refused.js'
import type { NamedPayment, Queue } from '../pages/transfer-queue.js'
import { transfersPage } from '../pages/transfers.js'
import { onSale } from '../plans.js'
import { type FormRefusal, refusalOf } from './form-problem.js'

/** The administrator's page, and its decisions. */
export const transferPageRoutes: Route[] = [
  { access: 'anyone', method: 'GET', path: '/admin/transfers', handle: adminPage((app, request, desk) => show(app, request, desk)) },
  { access: 'anyone', method: 'POST', path: '/admin/transfers/:id/confirm', takes: 'form', handle: adminPage(confirm) },
  { access: 'anyone', method: 'POST', path: '/admin/transfers/:id/reject', takes: 'form', handle: adminPage(reject) },
]

interface Desk extends Administrator {
  readonly session: string
}

/** Lets only administrators see the page; who is not signed in is led to where they can. */
function adminPage(handle: (app: App, request: HttpRequest, desk: Desk) => Promise<Answer>): PublicRoute['handle'] {
  return throttled('pages', async (app, request) => {
    const session = sessionOf(request)
    const admin = await app.tenantry.authenticateAdmin({ credential: session })
    if (admin.ok) return handle(app, request, { ...admin, session: session ?? '' })
    return admin.status === 401 ? redirect('/login') : page(refusedPage(admin.message, false), admin.status)
  })
}

interface Decided {
  readonly paymentId: string
  readonly accountId: string
}

async function show(app: App, { query }: HttpRequest, desk: Desk, refused?: Decided & { problem: FormRefusal }): Promise<Answer> {
  const problem = refused?.problem ?? null
  const plans = await app.tenantry.listPlans({ limit: 200 })
  const queue = (status: PaymentStatus, name: string) => readQueue(app, plans.items, { status, before: query.get(name) ?? undefined })
  const [submitted, requested, confirmed] = await Promise.all([
    queue('submitted', 'submitted'),
    queue('requested', 'requested'),
    queue('confirmed', 'before'),
  ])
  const decided = refused ?? { paymentId: query.get('decided') ?? '', accountId: query.get('account') ?? '' }
  const outcome = await readOutcome(app, desk, decided)
  const lists = { plans: onSale(plans.items), submitted, requested, confirmed }
  const html = transfersPage({ ...lists, token: formToken(desk.session), now: app.clock(), problem, outcome })
  return page(html, problem?.status)
}

type Part = { readonly status: PaymentStatus; readonly before: string | undefined }

async function readQueue(app: App, plans: readonly Plan[], part: Part): Promise<Queue> {
  const { items, next } = await app.tenantry.listPayments({ ...part, limit: 20 })
  return { items: await Promise.all(items.map((payment) => named(app, plans, payment))), next }
}

async function named({ tenantry }: App, plans: readonly Plan[], payment: Payment): Promise<NamedPayment> {
  const { account } = await tenantry.getAccount({ accountId: payment.accountId })
  return { payment, accountName: account.name, planName: plans.find(({ id }) => id === payment.planId)?.name ?? null }
}

/** What has become of a transfer, whoever decided it: of two administrators at once the second sees what the first has done. */
async function readOutcome(app: App, { user }: Desk, { paymentId, accountId }: Decided): Promise<Html | null> {
  if (paymentId === '' || accountId === '') return null
  const payment = await findPayment(app, { paymentId, accountId })
  if (payment === null || payment.decidedAt === null) return null
  const { account } = await app.tenantry.getAccount({ accountId })
  const by = payment.decidedBy?.id === user.id ? 'you' : 'somebody else'
  const why = payment.status === 'rejected' ? html` Reason: ${isolated(payment.reason ?? '')}` : null
  return html`${payment.status === 'confirmed' ? 'Confirmed' : 'Rejected'} by ${by} on ${moment(payment.decidedAt)}: ${money(
    payment.amount,
  )} for ${isolated(account.name)}.${why}`
}

async function findPayment({ tenantry }: App, { paymentId, accountId }: Decided): Promise<Payment | null> {
  try {
    const { items } = await tenantry.listPayments({ accountId, limit: 200 })
    return items.find(({ id }) => id === paymentId) ?? null
  } catch (error) {
    if (isTenantryError(error, 'account_not_found') || isTenantryError(error, 'invalid_input')) return null
    throw error
  }
}

/** Where the page shows what became of a transfer. */
const outcomeAt = ({ paymentId, accountId }: Decided): string =>
  `/admin/transfers?${new URLSearchParams({ decided: paymentId, account: accountId })}`

const confirmFields = ['amount', 'external_payment_id', 'payer_name', 'accept_reason']

async function confirm(app: App, request: HttpRequest, desk: Desk): Promise<Answer> {
  const values = readForm(request, desk.session, ['account_id', ...confirmFields])
  const decided = { paymentId: request.params['id'] ?? '', accountId: values['account_id'] ?? '' }
  const reason = values['accept_reason']
  const transfer = {
    paymentId: decided.paymentId,
    amount: values['amount'] as string,
    externalPaymentId: values['external_payment_id'] as string,
    payerName: values['payer_name'] as string,
    ...(reason !== undefined && { acceptAmount: { reason } }),
  }
  const act = () => app.tenantry.confirmBankTransfer(transfer, desk.actor)
  const fieldOf = (path: string): string => (path.startsWith('accept_amount') ? 'accept_reason' : path)
  const problem = await refusalOf({ form: `confirm-${decided.paymentId}`, fields: confirmFields, values }, act, fieldOf)
  return problem === null ? redirect(outcomeAt(decided)) : show(app, request, desk, { ...decided, problem: atItsField(problem) })
}

/** Both figures, and the field for the reason to take an amount that differs. */
function atItsField(problem: FormRefusal): FormRefusal {
  const { error } = problem
  if (!isTenantryError(error, 'amount_mismatch')) return problem
  const { expected, received } = error.details
  const message = `${money(expected)} was asked for, but ${money(received)} was named. Correct the amount, or give a reason to take it.`
  return { ...problem, message, issues: [{ path: 'accept_reason', message: 'say why it is taken, or correct the amount above' }] }
}

async function reject(app: App, request: HttpRequest, desk: Desk): Promise<Answer> {
  const values = readForm(request, desk.session, ['account_id', 'reason'])
  const decided = { paymentId: request.params['id'] ?? '', accountId: values['account_id'] ?? '' }
  const rejection = { paymentId: decided.paymentId, reason: values['reason'] as string }
  const act = () => app.tenantry.rejectBankTransfer(rejection, desk.actor)
  const problem = await refusalOf({ form: `reject-${decided.paymentId}`, fields: ['reason'], values }, act)
  return problem === null ? redirect(outcomeAt(decided)) : show(app, request, desk, { ...decided, problem })
}
