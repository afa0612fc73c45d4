import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { type App, createApp } from '../shared/app.js'
import { writeAnswer } from '../shared/http/answers.js'
import { requireType } from '../shared/http/body.js'
import { errorAnswer, notFound } from '../shared/http/errors.js'
import { type Answer, type Caller, maxBodyBytes, type Route, toRequest } from '../shared/http/exchange.js'
import { routes } from '../shared/routes/index.js'
import { closeServer, isProgram, loopback, type RunningServer, runServer, type ServerOptions, urlOf } from '../shared/serve.js'
import { tenantryPlugin } from './plugin.js'

/** All routes as a Fastify application. */
export async function fastifyApp(app: App): Promise<FastifyInstance> {
  const onError = async (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
    send(reply, errorAnswer(error, plain(app, request), app.logger))
  const server = Fastify({
    bodyLimit: maxBodyBytes,
    // Node's own default. Fastify sets it to 0, which lets a request arrive for ever.
    requestTimeout: 300_000,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16_384 },
    frameworkErrors: (error, request, reply) => void onError(error, request, reply),
  })
  // As bytes: whether they are JSON in UTF-8 is the routes' affair.
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  server.setErrorHandler<FastifyError>(onError)
  server.setNotFoundHandler((request, reply) => send(reply, notFound(plain(app, request))))
  await server.register(tenantryPlugin, { tenantry: app.tenantry, clientAddress: app.clientAddress })
  for (const route of routes) addRoute(server, app, route)
  return server
}

function addRoute(server: FastifyInstance, app: App, route: Route): void {
  server.route({
    method: route.method,
    url: route.path,
    onRequest: [
      ...(route.access === 'account' ? [server.requireAccount('api', route.scopes)] : []),
      ...(route.method === 'GET' ? [] : [checkType(route)]),
    ],
    handler: async (request, reply) => send(reply, await handle(app, route, request)),
  })
}

const checkType =
  (route: Route) =>
  async ({ headers }: FastifyRequest): Promise<void> =>
    requireType(route, headers)

function handle(app: App, route: Route, { raw, params, body, caller }: FastifyRequest): Promise<Answer> {
  const exchange = toRequest(app, raw, { params: params as Record<string, string>, body })
  return route.access === 'account' ? route.handle(app, exchange, caller as Caller) : route.handle(app, exchange)
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  const { status, headers, payload } = writeAnswer(answer)
  return reply.code(status).headers(headers).send(payload)
}

const plain = (app: App, { raw }: FastifyRequest) => toRequest(app, raw, { params: {}, body: null })

/** Starts everything: database, tables, plans, administrator and server. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const { port = 0, host = loopback } = options
  const app = await createApp(options)
  const server = await fastifyApp(app)
  server.addHook('onClose', () => app.close())
  try {
    await server.listen({ port, host })
  } catch (error) {
    await server.close()
    throw error
  }
  return { url: urlOf(server.server, host), app, close: () => closeServer(server.server, () => server.close()) }
}

if (isProgram(import.meta.url)) await runServer(startServer)
