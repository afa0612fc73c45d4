import type { RequestHandler } from 'express'
import type { Authorized, Tenantry } from 'tenantry'
import { credentialOf } from '../shared/http/credential.js'

/**
 * Lets a request pass if the caller is known, the account may act and its budget is not used up; the route finds them with `callerOf`.
 * Otherwise answers with the right status: 401, 402, 403 or 429. All answers tell the caller where the budget stands.
 */
export function requireAccount(tenantry: Pick<Tenantry, 'authorize'>, scope: string, scopes: readonly string[] = []): RequestHandler {
  return async (request, response, next) => {
    const credential = credentialOf(request)
    const decision = await tenantry.authorize({ credential, scope, scopes, ip: request.socket.remoteAddress })
    response.set(decision.headers)
    if (!decision.ok) {
      response.status(decision.status).json({ success: false, error: decision.message, code: decision.code })
      return
    }
    response.locals['caller'] = decision
    next()
  }
}

/** Who called a route that stands behind `requireAccount`. */
export const callerOf = ({ locals }: { locals: Record<string, unknown> }): Authorized => locals['caller'] as Authorized
