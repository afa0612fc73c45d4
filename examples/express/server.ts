import { createServer } from 'node:http'
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler, type Response } from 'express'
import { type App, createApp } from '../shared/app.js'
import { requireType } from '../shared/http/body.js'
import { errorAnswer, notFound } from '../shared/http/errors.js'
import type { Answer, Caller, Route } from '../shared/http/exchange.js'
import { routes } from '../shared/routes/index.js'
import { isProgram, listen, type RunningServer, runServer, type ServerOptions } from '../shared/serve.js'
import { exchangeOf, readBytes, send } from './answering.js'
import { accountGate, callerOf } from './middleware.js'

/** All routes as an Express application. */
export function expressApp(app: App): Express {
  const server = express()
  server.disable('x-powered-by').disable('etag').enable('case sensitive routing')
  const requireAccount = accountGate(app.tenantry, app.clientAddress)
  for (const route of routes) addRoute(server, app, route, requireAccount)
  server.use((request, response) => send(response, notFound(request)))
  server.use(errorHandler(app))
  return server
}

function addRoute(server: Express, app: App, route: Route, requireAccount: ReturnType<typeof accountGate<App['tenantry']>>): void {
  const method = route.method.toLowerCase() as Lowercase<Route['method']>
  const guards = route.access === 'account' ? [requireAccount('api', route.scopes)] : []
  const body = route.method === 'GET' ? [] : [checkType(route), readBytes]
  server[method](route.path, ...guards, ...body, async (request, response) => send(response, await handle(app, route, request, response)))
}

const checkType =
  (route: Route): RequestHandler =>
  (request, _response, next) => {
    requireType(route, request.headers)
    next()
  }

function handle(app: App, route: Route, request: Request, response: Response): Promise<Answer> {
  const exchange = exchangeOf(app, request)
  return route.access === 'account' ? route.handle(app, exchange, callerOf(response) as Caller) : route.handle(app, exchange)
}

// Express knows an error handler by its four parameters.
const errorHandler =
  ({ logger }: App): ErrorRequestHandler =>
  (error, request, response, next) =>
    response.headersSent ? next(error) : send(response, errorAnswer(error, request, logger))

/** Starts everything: database, tables, plans, administrator and server. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const app = await createApp(options)
  return listen(createServer(expressApp(app)), app, options)
}

if (isProgram(import.meta.url)) await runServer(startServer)
