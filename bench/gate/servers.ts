import fastifyRateLimit from '@fastify/rate-limit'
import express, { type Express, type RequestHandler } from 'express'
import { rateLimit } from 'express-rate-limit'
import Fastify, { type FastifyInstance, type onRequestAsyncHookHandler } from 'fastify'
import type { Tenantry } from 'tenantry'
import { accountGate } from '../../examples/express/middleware.js'
import { tenantryPlugin } from '../../examples/fastify/plugin.js'
import { openPool } from '../support/database.js'
import { tenantryOn } from './ours.js'

/** The one route of every server, and what it answers. */
export const path = '/api/items'
const items = { items: [1, 2, 3] }
/** The same as it goes over the wire. */
export const body = JSON.stringify(items)

const host = '127.0.0.1'
const gateCache = { ttlSeconds: 5 }
const roomy = 1_000_000_000

/** Starts a server on the loopback that can reach this database, and answers its port. */
export type StartServer = (databaseUrl: string) => Promise<number>

/** The servers that are compared, by name: each with the limiter that its name says, and headers that tell of the limit. */
export const servers = {
  fastify: () => listenFastify(Fastify()),
  'fastify, tenantry': (url) => fastifyWithTenantry(tenantryAt(url, gateCache)),
  'fastify, tenantry uncached': (url) => fastifyWithTenantry(tenantryAt(url)),
  'fastify, @fastify/rate-limit': async () => {
    const server = Fastify()
    await server.register(fastifyRateLimit, { max: roomy, timeWindow: '1 minute' })
    return listenFastify(server)
  },
  express: () => listenExpress(express()),
  'express, tenantry': (url) => listenExpress(express(), accountGate(tenantryAt(url, gateCache))('api')),
  // Draft 8 would add a digest to every answer.
  'express, express-rate-limit': () =>
    listenExpress(express(), rateLimit({ windowMs: 60_000, limit: roomy, standardHeaders: 'draft-7', legacyHeaders: false })),
} satisfies Record<string, StartServer>

/** The name of one of them. */
export type ServerName = keyof typeof servers

const tenantryAt = (databaseUrl: string, cache?: typeof gateCache): Tenantry => tenantryOn(openPool(databaseUrl), cache)

async function fastifyWithTenantry(tenantry: Tenantry): Promise<number> {
  const server = Fastify()
  await server.register(tenantryPlugin, { tenantry })
  return listenFastify(server, [server.requireAccount('api')])
}

async function listenFastify(server: FastifyInstance, onRequest: onRequestAsyncHookHandler[] = []): Promise<number> {
  server.get(path, { onRequest }, async () => items)
  await server.listen({ host, port: 0 })
  return portOf(server.server.address())
}

async function listenExpress(server: Express, ...handlers: RequestHandler[]): Promise<number> {
  server.get(path, ...handlers, (_request, response) => void response.json(items))
  return new Promise((resolve, reject) => {
    const listening = server.listen(0, host, (error) => (error ? reject(error) : resolve(portOf(listening.address()))))
  })
}

function portOf(address: { port: number } | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}
