import type { FastifyPluginAsync, onRequestAsyncHookHandler } from 'fastify'
import { type Authorized, type ClientAddressReader, clientAddressReader, type Tenantry } from 'tenantry'
import { credentialOf } from '../shared/http/credential.js'

/** Put the type of your tenantry here, `typeof tenantry`: then a scope that it does not know does not compile. */
type Gate = Pick<Tenantry, 'authorize'>

declare module 'fastify' {
  interface FastifyInstance {
    /** An `onRequest` hook: lets only callers pass whose account may act now and whose budgets are not used up. */
    requireAccount(scope: Parameters<Gate['authorize']>[0]['scope'], scopes?: readonly string[]): onRequestAsyncHookHandler
  }
  interface FastifyRequest {
    /** Who called a route that stands behind `requireAccount`. */
    caller: Authorized | null
  }
}

type Options = { tenantry: Gate; clientAddress?: ClientAddressReader }

/** Adds `requireAccount`. It answers refusals with 401, 402, 403 or 429, and tells every caller where the budget stands. */
export const tenantryPlugin: FastifyPluginAsync<Options> = async (fastify, { tenantry, clientAddress = clientAddressReader() }) => {
  fastify.decorateRequest('caller', null)
  fastify.decorate('requireAccount', (scope, scopes = []) => async (request, reply) => {
    const ip = clientAddress({ peer: request.socket.remoteAddress, headers: request.headers })
    const decision = await tenantry.authorize({ credential: credentialOf(request.raw), scope, scopes, ip })
    reply.headers(decision.headers)
    if (!decision.ok) {
      const { status, code, message } = decision
      reply.code(status).headers({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
      if (status === 401) reply.header('WWW-Authenticate', 'Bearer')
      return reply.send({ success: false, error: message, code })
    }
    request.caller = decision
  })
}

// Makes the plugin count for the routes beside it, not only for those inside it.
Object.assign(tenantryPlugin, { [Symbol.for('skip-override')]: true })
