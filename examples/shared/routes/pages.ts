import type { App } from '../app.js'
import { page, redirect, withHeaders } from '../http/answers.js'
import { sessionOf } from '../http/credential.js'
import type { Answer, Caller, HttpRequest, Route } from '../http/exchange.js'
import { throttled } from '../http/guards.js'
import { loginPage } from '../pages/login.js'
import { pricingPage } from '../pages/pricing.js'
import { refusedPage } from '../pages/refused.js'
import { signupPage } from '../pages/signup.js'
import { sitesPage } from '../pages/sites.js'
import { onSale } from '../plans.js'
import { recentUse } from './usage.js'

/** The pages. */
export const pageRoutes: Route[] = [
  { access: 'anyone', method: 'GET', path: '/', handle: async () => redirect('/sites') },
  { access: 'anyone', method: 'GET', path: '/signup', handle: async () => page(signupPage()) },
  { access: 'anyone', method: 'GET', path: '/login', handle: async () => page(loginPage()) },
  { access: 'anyone', method: 'GET', path: '/pricing', handle: throttled('pages', pricing) },
  { access: 'anyone', method: 'GET', path: '/sites', handle: sites },
]

async function pricing({ tenantry }: App): Promise<Answer> {
  const { items } = await tenantry.listPlans()
  return page(pricingPage(onSale(items)))
}

/** Like an account's route of the interface, but a refusal is a page. */
async function sites(app: App, request: HttpRequest): Promise<Answer> {
  const credential = sessionOf(request)
  const decision = await app.tenantry.authorize({ credential, scope: 'pages', ip: request.ip })
  if (decision.ok && decision.principal !== null) {
    return withHeaders(await showSites(app, { ...decision, principal: decision.principal }), decision.headers)
  }
  if (decision.ok || decision.status === 401) return redirect('/login')
  if ((await app.tenantry.authenticateAdmin({ credential })).ok) return redirect('/admin/transfers')
  return withHeaders(page(refusedPage(decision.message, decision.status === 402), decision.status), decision.headers)
}

async function showSites(app: App, { account, subscription, principal }: Caller): Promise<Answer> {
  if (principal.type !== 'session') return redirect('/login')
  const accountId = account.id
  const [{ balance }, use] = await Promise.all([app.tenantry.creditBalance({ accountId }), recentUse(app, accountId)])
  return page(sitesPage({ user: principal.user, account, subscription, balance, use }))
}
