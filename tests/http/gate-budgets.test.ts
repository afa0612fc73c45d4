import 'reflect-metadata'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Controller, Get } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import type { Tenantry } from 'tenantry'
import { expect, it } from 'vitest'
import { accountGate as expressGate } from '../../examples/express/middleware.js'
import { tenantryPlugin } from '../../examples/fastify/plugin.js'
import { accountGate as fetchGate } from '../../examples/fetch/with-account.js'
import { accountGate as honoGate } from '../../examples/hono/middleware.js'
import { RequireAccount, tenantryToken } from '../../examples/nest/guard.js'
import { createHost, signUp } from '../support/host.js'

const scopes = ['api', 'api.daily'] as const

@Controller()
class GatedController {
  @Get()
  @RequireAccount(scopes)
  answer(): string {
    return 'in'
  }
}

class GatedModule {}

/** Servers with one route behind the gate, which takes from both budgets. */
const servers: Record<string, (tenantry: Tenantry) => Promise<Server>> = {
  async express(tenantry) {
    const app = express().get('/', expressGate(tenantry)(scopes), (_request, response) => void response.send('in'))
    return createServer(app)
  },
  async fastify(tenantry) {
    const server = Fastify()
    await server.register(tenantryPlugin, { tenantry })
    server.get('/', { onRequest: server.requireAccount(scopes) }, async () => 'in')
    await server.ready()
    return server.server
  },
  async hono(tenantry) {
    const app = new Hono().get('/', honoGate(tenantry)(scopes), (c) => c.text('in'))
    return createAdaptorServer({ fetch: app.fetch }) as Server
  },
  async fetch(tenantry) {
    const answer = fetchGate(tenantry)(scopes, [], () => new Response('in'))
    return createAdaptorServer({ fetch: (request) => answer(request, '192.0.2.1') }) as Server
  },
  async nest(tenantry) {
    const module = { module: GatedModule, controllers: [GatedController], providers: [{ provide: tenantryToken, useValue: tenantry }] }
    const nest = await NestFactory.create(module, { logger: false, abortOnError: false })
    await nest.init()
    return nest.getHttpServer()
  },
}

it.each(Object.entries(servers))('the gate of %s takes a call from several budgets, or from none', async (_name, start) => {
  const defaults = { api: { limit: 9, windowSeconds: 60 }, 'api.daily': { limit: 2, windowSeconds: 86_400 } }
  const { tenantry, ...host } = await createHost({ throttling: { defaults } })
  const { session } = await signUp({ tenantry, ...host })
  const server = await start(tenantry)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const ask = () => fetch(url, { headers: { Authorization: `Bearer ${session.token}` } })
    const first = await ask()
    expect([first.status, await first.text()]).toEqual([200, 'in'])
    expect(first.headers.get('ratelimit-policy')).toBe('"api";q=9;w=60, "api.daily";q=2;w=86400')
    expect((await ask()).status).toBe(200)
    const refused = await ask()
    expect([refused.status, refused.headers.get('ratelimit')]).toEqual([429, '"api.daily";r=0;t=43200'])
    expect(await refused.json()).toMatchObject({ success: false, code: 'throttled' })
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
