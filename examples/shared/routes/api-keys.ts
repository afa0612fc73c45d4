import type { CreateApiKeyInput } from 'tenantry'
import type { App } from '../app.js'
import { succeeded } from '../http/answers.js'
import { invalidInput, readBody } from '../http/body.js'
import type { Answer, Caller, HttpRequest, Route } from '../http/exchange.js'
import { pageOf } from '../http/query.js'
import { apiKeyView } from './views.js'

/** The account's API keys. */
export const apiKeyRoutes: Route[] = [
  { access: 'account', method: 'GET', path: '/api/v1/api-keys', scopes: ['api-keys:read'], handle: list },
  { access: 'account', method: 'POST', path: '/api/v1/api-keys', scopes: [], handle: create },
  { access: 'account', method: 'DELETE', path: '/api/v1/api-keys/:id', scopes: [], handle: revoke },
]

async function list({ tenantry }: App, { query }: HttpRequest, { account }: Caller): Promise<Answer> {
  const { items, next } = await tenantry.listApiKeys({ accountId: account.id, ...pageOf(query) })
  return succeeded({ api_keys: items.map(apiKeyView), next })
}

async function create({ tenantry }: App, request: HttpRequest, { account, principal }: Caller): Promise<Answer> {
  const { expiresAt, ...key } = readBody<NewKey>(request, { name: 'name', scopes: 'scopes', expires_at: 'expiresAt' })
  const expiry = expiresAt === undefined ? {} : { expiresAt: readMoment(expiresAt) }
  const { apiKey, secret } = await tenantry.createApiKey({ ...key, ...expiry, accountId: account.id }, principal.actor)
  return succeeded({ ...apiKeyView(apiKey), secret }, { status: 201 })
}

type NewKey = Omit<CreateApiKeyInput, 'accountId' | 'expiresAt'> & { expiresAt?: unknown }

/** RFC 3339 in UTC, as `JSON.stringify` writes a date. */
function readMoment(value: unknown): Date {
  const isMoment = typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(value)
  const moment = new Date(isMoment ? value : Number.NaN)
  if (Number.isNaN(moment.getTime())) throw invalidInput('expiresAt', 'must be a moment such as 2031-01-31T00:00:00Z')
  return moment
}

async function revoke({ tenantry }: App, { params }: HttpRequest, { account, principal }: Caller): Promise<Answer> {
  const { apiKey } = await tenantry.revokeApiKey({ accountId: account.id, apiKeyId: params['id'] ?? '' }, principal.actor)
  return succeeded(apiKeyView(apiKey))
}
