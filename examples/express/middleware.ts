import type { RequestHandler } from 'express'
import type { Authorized, Tenantry } from 'tenantry'
import { credentialOf } from '../shared/http/credential.js'

/**
 * Lets a request pass if the caller is known, the account may act and its budget is not used up; the route finds them with `callerOf`.
 * Otherwise answers with the right status: 401, 402, 403 or 429. All answers tell the caller where the budget stands. What fails beside,
 * such as the database, goes to Express's error handler.
 */
export function requireAccount(tenantry: Pick<Tenantry, 'authorize'>, scope: string, scopes: readonly string[] = []): RequestHandler {
  return async (request, response, next) => {
    const credential = credentialOf(request)
    const decision = await tenantry.authorize({ credential, scope, scopes, ip: request.socket.remoteAddress })
    response.set(decision.headers)
    if (decision.ok) {
      response.locals['caller'] = decision
      next()
      return
    }
    const { status, code, message } = decision
    response.status(status).set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
    if (status === 401) response.set('WWW-Authenticate', 'Bearer')
    response.json({ success: false, error: message, code })
  }
}

/** Who called a route that stands behind `requireAccount`. */
export const callerOf = ({ locals }: { locals: Record<string, unknown> }): Authorized => locals['caller'] as Authorized
