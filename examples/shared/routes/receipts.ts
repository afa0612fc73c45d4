import { isTenantryError } from 'tenantry'
import type { App } from '../app.js'
import { page, redirect, withHeaders } from '../http/answers.js'
import { sessionOf } from '../http/credential.js'
import { notFound } from '../http/errors.js'
import type { Answer, HttpRequest, Route } from '../http/exchange.js'
import { receiptPage } from '../pages/receipt.js'
import { refusedPage } from '../pages/refused.js'

/** Receipts, each for the account that paid. */
export const receiptRoutes: Route[] = [{ access: 'anyone', method: 'GET', path: '/billing/receipts/:id', handle: showReceipt }]

/** The account is the session's, never one that the request names: so a receipt of another account is not there. */
async function showReceipt(app: App, request: HttpRequest): Promise<Answer> {
  const decision = await app.tenantry.authorize({ credential: sessionOf(request), scope: 'pages', ip: request.ip })
  if (!decision.ok && decision.status === 401) return redirect('/login')
  if (!decision.ok) return withHeaders(page(refusedPage(decision.message, decision.status === 402), decision.status), decision.headers)
  try {
    const { receipt } = await app.tenantry.getReceipt({ accountId: decision.account.id, receiptId: request.params['id'] ?? '' })
    return withHeaders(page(receiptPage(receipt)), decision.headers)
  } catch (error) {
    if (isTenantryError(error, 'receipt_not_found') || isTenantryError(error, 'invalid_input')) return notFound(request)
    throw error
  }
}
