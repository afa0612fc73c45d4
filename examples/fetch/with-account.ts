import { type AuthorizationRefused, type Authorized, clientAddressReader, type Tenantry } from 'tenantry'
import { credentialIn } from '../shared/http/credential.js'

/** What the gate needs of your tenantry. */
export type Gate = Pick<Tenantry, 'authorize'>
/** One of your scopes, or several whose budgets are taken from together. */
export type Scopes<T extends Gate> = Parameters<T['authorize']>[0]['scope']

/** Makes `requireAccount`, which puts the gate before any handler of fetch's `Request`. `peer` is the address that your runtime knows. */
export const accountGate =
  <T extends Gate>(tenantry: T, clientAddress = clientAddressReader()) =>
  (scope: Scopes<T>, scopes: readonly string[], handle: (request: Request, caller: Authorized) => Response | Promise<Response>) =>
  async (request: Request, peer: string | undefined): Promise<Response> => {
    const ip = clientAddress({ peer, headers: request.headers })
    const decision = await tenantry.authorize({ credential: credentialIn(request), scope, scopes, ip })
    const answer = decision.ok ? await handle(request, decision) : refusal(decision)
    const response = new Response(answer.body, answer) // the headers of one that was fetched cannot be changed
    for (const [name, value] of Object.entries(decision.headers)) response.headers.set(name, value)
    return response
  }

/** The answer to somebody who may not go on. */
export function refusal({ status, code, message }: AuthorizationRefused): Response {
  const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }
  const body = JSON.stringify({ success: false, error: message, code })
  return new Response(body, { status, headers: status === 401 ? { ...headers, 'WWW-Authenticate': 'Bearer' } : headers })
}
