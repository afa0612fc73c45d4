import { getConnInfo } from '@hono/node-server/conninfo'
import type { MiddlewareHandler } from 'hono'
import { type Authorized, clientAddressReader } from 'tenantry'
import { type Gate, refusal, type Scopes } from '../fetch/with-account.js'
import { credentialIn } from '../shared/http/credential.js'

/** Who called a route that stands behind `requireAccount`: `c.get('caller')`. */
export type Gated = { Variables: { caller: Authorized } }

/**
 * Makes `requireAccount('api', ['articles:write'])`, which lets only callers pass whose account may act now and whose budget is not used
 * up, and tells every caller where the budget stands. On another runtime than Node, its own `getConnInfo` goes here.
 */
export const accountGate =
  <T extends Gate>(tenantry: T, clientAddress = clientAddressReader()) =>
  (scope: Scopes<T>, scopes: readonly string[] = []): MiddlewareHandler<Gated> =>
  async (c, next) => {
    const { raw } = c.req
    const ip = clientAddress({ peer: getConnInfo(c).remote.address, headers: raw.headers })
    const decision = await tenantry.authorize({ credential: credentialIn(raw), scope, scopes, ip })
    if (decision.ok) {
      c.set('caller', decision)
      await next()
    } else c.res = refusal(decision)
    for (const [name, value] of Object.entries(decision.headers)) c.header(name, value)
  }
