import { once } from 'node:events'
import { createServer } from 'node:http'
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler, type Response } from 'express'
import { type App, createApp } from '../shared/app.js'
import { writeAnswer } from '../shared/http/answers.js'
import { requireType } from '../shared/http/body.js'
import { errorAnswer, notFound } from '../shared/http/errors.js'
import { type Answer, type Caller, maxBodyBytes, type Route, toRequest } from '../shared/http/exchange.js'
import { routes } from '../shared/routes/index.js'
import { closeServer, isProgram, loopback, type RunningServer, runServer, type ServerOptions, urlOf } from '../shared/serve.js'
import { callerOf, requireAccount } from './middleware.js'

/** All routes as an Express application. */
export function expressApp(app: App): Express {
  const server = express()
  server.disable('x-powered-by').disable('etag').enable('case sensitive routing')
  for (const route of routes) addRoute(server, app, route)
  server.use((request, response) => send(response, notFound(request)))
  server.use(errorHandler(app))
  return server
}

function addRoute(server: Express, app: App, route: Route): void {
  const method = route.method.toLowerCase() as Lowercase<Route['method']>
  const guards = route.access === 'account' ? [requireAccount(app.tenantry, 'api', route.scopes)] : []
  const body = route.method === 'GET' ? [] : [checkType(route), readBytes]
  server[method](route.path, ...guards, ...body, async (request, response) => send(response, await handle(app, route, request, response)))
}

const checkType =
  (route: Route): RequestHandler =>
  (request, _response, next) => {
    requireType(route, request.headers)
    next()
  }

// As bytes: whether they are JSON in UTF-8 is the routes' affair.
const readBytes: RequestHandler = express.raw({ type: () => true, limit: maxBodyBytes, inflate: false })

function handle(app: App, route: Route, request: Request, response: Response): Promise<Answer> {
  const exchange = toRequest(request, { params: request.params as Record<string, string>, body: request.body })
  return route.access === 'account' ? route.handle(app, exchange, callerOf(response) as Caller) : route.handle(app, exchange)
}

function send(response: Response, answer: Answer): void {
  const { status, headers, payload } = writeAnswer(answer)
  response.status(status).set(headers).end(payload)
}

// Express knows an error handler by its four parameters.
const errorHandler =
  ({ logger }: App): ErrorRequestHandler =>
  (error, request, response, next) =>
    response.headersSent ? next(error) : send(response, errorAnswer(error, request, logger))

/** Starts everything: database, tables, plans, administrator and server. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const { port = 0, host = loopback } = options
  const app = await createApp(options)
  const server = createServer(expressApp(app))
  try {
    await once(server.listen(port, host), 'listening')
  } catch (error) {
    await app.close()
    throw error
  }
  return {
    url: urlOf(server, host),
    app,
    async close() {
      await closeServer(server)
      await app.close()
    },
  }
}

if (isProgram(import.meta.url)) await runServer(startServer)
