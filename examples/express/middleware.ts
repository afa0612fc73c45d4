import type { RequestHandler } from 'express'
import { type Authorized, clientAddressReader, type Tenantry } from 'tenantry'
import { credentialOf } from '../shared/http/credential.js'

type Gate = Pick<Tenantry, 'authorize'>
/** One of your scopes, or several whose budgets are taken from together. */
type Scopes<T extends Gate> = Parameters<T['authorize']>[0]['scope']

/**
 * Makes `requireAccount('api', ['articles:write'])`, which lets a request pass if the caller is known, the account may act and its budget is
 * not used up; the route finds them with `callerOf`. Otherwise it answers with 401, 402, 403 or 429. All answers tell where the budget
 * stands. Several budgets are a list: `requireAccount(['api', 'api.daily'])`. What fails beside, such as the database, goes to the error
 * handler of Express 5.
 */
export const accountGate =
  <T extends Gate>(tenantry: T, clientAddress = clientAddressReader()) =>
  (scope: Scopes<T>, scopes: readonly string[] = []): RequestHandler =>
  async (request, response, next) => {
    const ip = clientAddress({ peer: request.socket.remoteAddress, headers: request.headers })
    const decision = await tenantry.authorize({ credential: credentialOf(request), scope, scopes, ip })
    response.set(decision.headers)
    if (decision.ok) {
      response.locals['caller'] = decision
      return next()
    }
    const { status, code, message } = decision
    response.status(status).set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
    if (status === 401) response.set('WWW-Authenticate', 'Bearer')
    response.json({ success: false, error: message, code })
  }

/** Who called a route that stands behind `requireAccount`. */
export const callerOf = ({ locals }: { locals: Record<string, unknown> }): Authorized => locals['caller'] as Authorized
