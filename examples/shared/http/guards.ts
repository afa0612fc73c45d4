import type { Actor, User } from 'tenantry'
import type { App } from '../app.js'
import { refusalBody, withHeaders } from './answers.js'
import { credentialOf } from './credential.js'
import { errorAnswer } from './errors.js'
import type { Answer, HttpRequest, PublicRoute } from './exchange.js'

/** A refusal by the gate or the throttle. */
export interface Refused {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly headers?: object
}

/** Answers a refusal of the gate or the throttle. */
export const refused = ({ status, headers = {}, ...refusal }: Refused): Answer =>
  withHeaders({ status, body: refusalBody(refusal) }, headers)

type Handle = PublicRoute['handle']

/** Counts the calls of a client address before they are handled. Answers that tell of an error say where the budget stands, too. */
export function throttled(scope: 'auth' | 'admin' | 'pages', handle: Handle): Handle {
  return async (app, request) => {
    const { allowed, headers, retryAfterSeconds } = await app.tenantry.throttle({ scope, ip: request.ip })
    if (!allowed) return refused({ status: 429, code: 'throttled', message: tooMany(retryAfterSeconds), headers })
    const answer = handle(app, request).catch((error) => errorAnswer(error, request, app.logger))
    return withHeaders(await answer, headers)
  }
}

const tooMany = (seconds: number): string => `Too many requests. Try again in ${seconds} s.`

/** An administrator of the platform. Pass `actor` to what they do. */
export interface Administrator {
  readonly user: User
  readonly actor: Actor
}

/** Lets only administrators of the platform pass. */
export function forAdmins(handle: (app: App, request: HttpRequest, admin: Administrator) => Promise<Answer>): Handle {
  return throttled('admin', async (app, request) => {
    const decision = await app.tenantry.authenticateAdmin({ credential: credentialOf(request) })
    return decision.ok ? handle(app, request, decision) : refused(decision)
  })
}
