import type { Server } from 'node:http'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import { type App, createApp } from '../shared/app.js'
import { writeAnswer } from '../shared/http/answers.js'
import { requireType } from '../shared/http/body.js'
import { errorAnswer, notFound } from '../shared/http/errors.js'
import { type Answer, type Caller, type HttpRequest, maxBodyBytes, type Route, toRequest } from '../shared/http/exchange.js'
import { routes } from '../shared/routes/index.js'
import { isProgram, listen, type RunningServer, runServer, type ServerOptions } from '../shared/serve.js'
import { accountGate, type Gated } from './middleware.js'

type Environment = Gated & { Bindings: HttpBindings }

/** All routes as a Hono application. */
export function honoApp(app: App): Hono<Environment> {
  const server = new Hono<Environment>({ strict: false })
  const requireAccount = accountGate(app.tenantry, app.clientAddress)
  for (const route of routes) {
    server.on(route.method, route.path, checkPath)
    if (route.access === 'account') server.on(route.method, route.path, requireAccount('api', route.scopes))
    if (route.method !== 'GET') server.on(route.method, route.path, checkType(route), limitBody)
    server.on(route.method, route.path, async (c) => send(await handle(app, route, c)))
  }
  server.notFound((c) => send(notFound(exchangeOf(app, c))))
  server.onError((error, c) => send(errorAnswer(error, exchangeOf(app, c), app.logger)))
  return server
}

/** Hono passes on as it is what it cannot decode. */
const checkPath: MiddlewareHandler = async ({ req }, next) => {
  if (!isDecodable(req.path)) throw new HTTPException(400)
  await next()
}

function isDecodable(path: string): boolean {
  try {
    return decodeURIComponent(path) !== ''
  } catch {
    return false
  }
}

const checkType =
  (route: Route): MiddlewareHandler<Environment> =>
  async ({ env }, next) => {
    requireType(route, env.incoming.headers)
    await next()
  }

const limitBody = bodyLimit({ maxSize: maxBodyBytes })

async function handle(app: App, route: Route, c: Context<Environment>): Promise<Answer> {
  const exchange = exchangeOf(app, c, new Uint8Array(await c.req.arrayBuffer()))
  return route.access === 'account' ? route.handle(app, exchange, c.get('caller') as Caller) : route.handle(app, exchange)
}

const exchangeOf = (app: App, { env, req }: Context<Environment>, body = new Uint8Array()): HttpRequest =>
  toRequest(app, env.incoming, { params: req.param(), body })

function send(answer: Answer): Response {
  const { status, headers, payload } = writeAnswer(answer)
  return new Response(payload, { status, headers })
}

/** Starts everything: database, tables, plans, administrator and server. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const app = await createApp(options)
  return listen(createAdaptorServer({ fetch: honoApp(app).fetch }) as Server, app, options)
}

if (isProgram(import.meta.url)) await runServer(startServer)
