import type { SpendCreditsInput } from 'tenantry'
import type { App } from '../app.js'
import { succeeded } from '../http/answers.js'
import { readBody } from '../http/body.js'
import type { Answer, Caller, HttpRequest, Route } from '../http/exchange.js'
import { idempotencyKeyOf } from '../http/idempotency-key.js'
import { pageOf } from '../http/query.js'
import { useByDay } from './usage.js'
import { entryView } from './views.js'

/** Spending credits, and what was spent. */
export const creditRoutes: Route[] = [
  { access: 'account', method: 'POST', path: '/api/v1/credits/spend', scopes: ['credits:spend'], handle: spend },
  { access: 'account', method: 'GET', path: '/api/v1/credits/usage', scopes: ['credits:read'], handle: usage },
]

type Spend = Pick<SpendCreditsInput, 'amount' | 'operation'>

export async function spend({ tenantry }: App, request: HttpRequest, { account, principal }: Caller): Promise<Answer> {
  const idempotencyKey = idempotencyKeyOf(request)
  const { amount, operation } = readBody<Spend>(request, { amount: 'amount', operation: 'operation' })
  const by = principal.type === 'session' ? { userId: principal.user.id } : { apiKeyId: principal.apiKey.id }
  const { entry, balance, replayed } = await tenantry.spendCredits({ accountId: account.id, amount, operation, idempotencyKey, ...by })
  return succeeded({ balance, entry_id: entry.id, replayed })
}

export async function usage(app: App, { query }: HttpRequest, { account }: Caller): Promise<Answer> {
  const accountId = account.id
  const [{ balance }, { items, next }, days] = await Promise.all([
    app.tenantry.creditBalance({ accountId }),
    app.tenantry.listCreditEntries({ accountId, ...pageOf(query) }),
    useByDay(app, accountId),
  ])
  return succeeded({ balance, entries: items.map(entryView), by_day: days, next })
}
