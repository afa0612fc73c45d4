import {
  type Account,
  type Actor,
  type AuthorizationRefused,
  isSuspendedForPayment,
  type Subscription,
  TenantryError,
  type User,
} from 'tenantry'
import type { App } from '../app.js'
import { refusedPage } from '../pages/refused.js'
import { page, redirect, withHeaders } from './answers.js'
import { credentialOf, sessionOf } from './credential.js'
import { errorAnswer } from './errors.js'
import type { Answer, HttpRequest, PublicRoute } from './exchange.js'
import { refused } from './guards.js'

/** Somebody who is signed in and manages the payments of their account, also of one that has to pay before it may act again. */
export interface Customer {
  readonly user: User
  readonly actor: Actor
  readonly account: Account
  readonly subscription: Subscription | null
  /** What the gate says against the account, if anything. */
  readonly refusal: { readonly code: string; readonly message: string } | null
  readonly session: string
}

type Handle = PublicRoute['handle']
type HandleCustomer = (app: App, request: HttpRequest, customer: Customer) => Promise<Answer>

/** Lets customers pass who may see and settle what their account owes. */
export const forCustomers =
  (handle: HandleCustomer): Handle =>
  async (app, request) => {
    const found = await findCustomer(app, request, { credential: credentialOf(request), scope: 'api' })
    if ('refused' in found) return refused(found.refused)
    return answerWith(found, app, request, handle)
  }

/** The same for pages: who is not signed in is led to where they can, and refusals are pages. */
export const customerPage =
  (handle: HandleCustomer): Handle =>
  async (app, request) => {
    const credential = sessionOf(request)
    const found = await findCustomer(app, request, { credential, scope: 'pages' })
    if ('customer' in found) return answerWith(found, app, request, handle)
    const { status, message, headers } = found.refused
    if (status === 401) return redirect('/login')
    if ((await app.tenantry.authenticateAdmin({ credential })).ok) return redirect('/admin/transfers')
    return withHeaders(page(refusedPage(message, status === 402), status), headers)
  }

async function answerWith({ customer, headers }: Found, app: App, request: HttpRequest, handle: HandleCustomer): Promise<Answer> {
  const answer = handle(app, request, customer).catch((error) => errorAnswer(error, request, app.logger))
  return withHeaders(await answer, headers)
}

/** What to tell a customer whose account is suspended for nothing but a payment that did not come. */
const unpaid = 'Your payment is overdue, and the account is suspended until it comes.'

interface Found {
  readonly customer: Customer
  readonly headers: object
}

type Wanted = { readonly credential: string | undefined; readonly scope: 'api' | 'pages' }

async function findCustomer(
  app: App,
  { ip }: HttpRequest,
  { credential, scope }: Wanted,
): Promise<Found | { refused: AuthorizationRefused }> {
  const decision = await app.tenantry.authorize({ credential, scope, ip })
  const caller = decision.ok ? decision : decision.caller
  // Who has to pay must reach the place where they can; every other refusal stands.
  const isUnpaid = caller?.account != null && isSuspendedForPayment(caller.account)
  const mayPay = decision.ok || decision.status === 402 || isUnpaid
  if (!mayPay || caller === null || caller.account === null) return { refused: decision as AuthorizationRefused }
  const { principal, account } = caller
  if (principal.type !== 'session' || principal.role === 'member') return { refused: { ...mayNot, headers: decision.headers } }
  const { subscription } = decision.ok ? decision : await app.tenantry.getAccount({ accountId: account.id })
  const refusal = decision.ok ? null : { code: decision.code, message: isUnpaid ? unpaid : decision.message }
  const { user, actor } = principal
  return { customer: { user, actor, account, subscription, refusal, session: credential ?? '' }, headers: decision.headers }
}

const { code, message } = new TenantryError('forbidden', { action: 'manage the payments of this account' })
const mayNot = { ok: false, code, status: 403, message, caller: null } as const
