import type { GetAccountInput } from 'tenantry'
import type { App } from '../app.js'
import { succeeded } from '../http/answers.js'
import { hasBody, readBody } from '../http/body.js'
import type { Answer, HttpRequest, Route } from '../http/exchange.js'
import { type Administrator, forAdmins } from '../http/guards.js'
import { accountView, subscriptionView } from './views.js'

/** Accounts, as administrators see them. */
export const adminAccountRoutes: Route[] = [
  { access: 'anyone', method: 'GET', path: '/api/v1/admin/accounts', handle: forAdmins(find) },
  { access: 'anyone', method: 'POST', path: '/api/v1/admin/accounts/:id/suspend', handle: forAdmins(suspend) },
  { access: 'anyone', method: 'POST', path: '/api/v1/admin/accounts/:id/reinstate', handle: forAdmins(reinstate) },
]

/** `?id=…` or `?email=…` of a member. */
async function find({ tenantry }: App, { query }: HttpRequest): Promise<Answer> {
  const { account, subscription } = await tenantry.getAccount(namedBy(query))
  const { balance } = await tenantry.creditBalance({ accountId: account.id })
  return succeeded({ account: { ...accountView(account, balance), subscription: subscription && subscriptionView(subscription) } })
}

function namedBy(query: URLSearchParams): GetAccountInput {
  const [accountId, email] = [query.get('id'), query.get('email')]
  return { ...(accountId !== null && { accountId }), ...(email !== null && { email }) }
}

async function suspend(app: App, request: HttpRequest, admin: Administrator): Promise<Answer> {
  const { reason } = readBody<{ reason: string }>(request, { reason: 'reason' })
  const { account } = await app.tenantry.suspendAccount({ accountId: request.params['id'] ?? '', reason }, admin.actor)
  return succeeded({ account: accountView(account, account.credits) })
}

/** The reason may be left out. */
async function reinstate(app: App, request: HttpRequest, admin: Administrator): Promise<Answer> {
  const { reason = 'no longer suspended' } = hasBody(request) ? readBody<{ reason?: string }>(request, { reason: 'reason' }) : {}
  const { account } = await app.tenantry.reinstateAccount({ accountId: request.params['id'] ?? '', reason }, admin.actor)
  return succeeded({ account: accountView(account, account.credits) })
}
