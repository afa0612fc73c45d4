import 'reflect-metadata'
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, type INestApplication, NotFoundException } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import express, { type Request, type Response } from 'express'
import { send } from '../express/answering.js'
import { type App, createApp } from '../shared/app.js'
import { errorAnswer, notFound } from '../shared/http/errors.js'
import type { Answer } from '../shared/http/exchange.js'
import { isProgram, listen, type RunningServer, runServer, type ServerOptions } from '../shared/serve.js'
import { appToken, ExampleController } from './controller.js'
import { clientAddressToken, tenantryToken } from './guard.js'

class ExampleModule {}

/** The routes of {@link ExampleController} as a Nest application. */
export async function nestApp(app: App): Promise<INestApplication> {
  const providers = [
    { provide: appToken, useValue: app },
    { provide: tenantryToken, useValue: app.tenantry },
    { provide: clientAddressToken, useValue: app.clientAddress },
  ]
  const server = express().disable('x-powered-by').disable('etag').enable('case sensitive routing')
  const options = { bodyParser: false, logger: false, abortOnError: false } as const
  const module = { module: ExampleModule, controllers: [ExampleController], providers }
  const nest = await NestFactory.create(module, new ExpressAdapter(server), options)
  return nest.useGlobalFilters(new ErrorFilter(app))
}

/** Answers what was thrown, as the other examples do. */
@Catch()
class ErrorFilter implements ExceptionFilter {
  readonly #app: App

  constructor(app: App) {
    this.#app = app
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const [request, response] = host.getArgs<[Request, Response]>()
    if (response.headersSent) response.destroy()
    else send(response, this.#answer(error, request))
  }

  #answer(error: unknown, request: Request): Answer {
    if (error instanceof NotFoundException) return notFound(request)
    if (error instanceof HttpException) return { status: error.getStatus(), body: error.getResponse() }
    return errorAnswer(error, request, this.#app.logger)
  }
}

/** Starts everything: database, tables, plans, administrator and server. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const app = await createApp(options)
  const nest = await nestApp(app)
  await nest.init()
  return listen(nest.getHttpServer(), app, options, () => nest.close())
}

if (isProgram(import.meta.url)) await runServer(startServer)
