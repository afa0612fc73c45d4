import { getConnInfo } from '@hono/node-server/conninfo'
import type { MiddlewareHandler } from 'hono'
import type { AuthorizationRefused, Authorized, Tenantry } from 'tenantry'
import { credentialIn } from '../shared/http/credential.js'

type Gate = Pick<Tenantry, 'authorize'>

/** Who called a route that stands behind `requireAccount`: `c.get('caller')`. */
export type Gated = { Variables: { caller: Authorized } }

/** Lets only callers pass whose account may act now and whose budget is not used up. On another runtime, its `getConnInfo` goes here. */
export const requireAccount =
  (tenantry: Gate, scope: string, scopes: readonly string[] = []): MiddlewareHandler<Gated> =>
  async (c, next) => {
    const ip = getConnInfo(c).remote.address
    const decision = await tenantry.authorize({ credential: credentialIn(c.req.raw), scope, scopes, ip })
    if (decision.ok) {
      c.set('caller', decision)
      await next()
    } else c.res = refusal(decision)
    for (const [name, value] of Object.entries(decision.headers)) c.header(name, value)
  }

/** The same for any handler of fetch's `Request`. `ip` is the address of the peer, as your runtime knows it. */
export const withAccount =
  (tenantry: Gate, scope: string, scopes: readonly string[], handle: (request: Request, caller: Authorized) => Promise<Response>) =>
  async (request: Request, ip: string | undefined): Promise<Response> => {
    const decision = await tenantry.authorize({ credential: credentialIn(request), scope, scopes, ip })
    const answer = decision.ok ? await handle(request, decision) : refusal(decision)
    const response = new Response(answer.body, answer) // the headers of one that was fetched cannot be changed
    for (const [name, value] of Object.entries(decision.headers)) response.headers.set(name, value)
    return response
  }

function refusal({ status, code, message }: AuthorizationRefused): Response {
  const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }
  const body = JSON.stringify({ success: false, error: message, code })
  return new Response(body, { status, headers: status === 401 ? { ...headers, 'WWW-Authenticate': 'Bearer' } : headers })
}
