import type { FastifyPluginAsync, onRequestAsyncHookHandler } from 'fastify'
import type { Authorized, Tenantry } from 'tenantry'
import { credentialOf } from '../shared/http/credential.js'

declare module 'fastify' {
  interface FastifyInstance {
    /** An `onRequest` hook: lets only callers pass whose account may act now and whose budget is not used up. */
    requireAccount(scope: string, scopes?: readonly string[]): onRequestAsyncHookHandler
  }
  interface FastifyRequest {
    /** Who called a route that stands behind `requireAccount`. */
    caller: Authorized | null
  }
}

/** Adds `requireAccount`. It answers refusals with 401, 402, 403 or 429, and tells every caller where the budget stands. */
export const tenantryPlugin: FastifyPluginAsync<{ tenantry: Pick<Tenantry, 'authorize'> }> = async (fastify, { tenantry }) => {
  fastify.decorateRequest('caller', null)
  fastify.decorate('requireAccount', (scope, scopes = []) => async (request, reply) => {
    const credential = credentialOf(request.raw)
    const decision = await tenantry.authorize({ credential, scope, scopes, ip: request.socket.remoteAddress })
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
