import { isTenantryError } from 'tenantry'
import type { App } from '../app.js'
import { page } from '../http/answers.js'
import { type Customer, customerPage } from '../http/customer.js'
import { notFound } from '../http/errors.js'
import type { Answer, HttpRequest, Route } from '../http/exchange.js'
import { receiptPage } from '../pages/receipt.js'

/** Receipts, each for the account that paid. */
export const receiptRoutes: Route[] = [
  { access: 'anyone', method: 'GET', path: '/billing/receipts/:id', handle: customerPage(showReceipt) },
]

/** The account is the session's, never one that the request names: so a receipt of another account is not there. */
async function showReceipt(app: App, request: HttpRequest, { account }: Customer): Promise<Answer> {
  try {
    const { receipt } = await app.tenantry.getReceipt({ accountId: account.id, receiptId: request.params['id'] ?? '' })
    return page(receiptPage(receipt))
  } catch (error) {
    if (isTenantryError(error, 'receipt_not_found') || isTenantryError(error, 'invalid_input')) return notFound(request)
    throw error
  }
}
