import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common'
import type { Request, Response } from 'express'
import { exchangeOf, readBytes, send } from '../express/answering.js'
import type { App } from '../shared/app.js'
import { requireType } from '../shared/http/body.js'
import type { Caller as Called, HttpRequest } from '../shared/http/exchange.js'
import { me, signUp } from '../shared/routes/auth.js'
import { spend, usage } from '../shared/routes/credits.js'
import { health } from '../shared/routes/health.js'
import { Caller, RequireAccount } from './guard.js'

/** Provide the application under this name. */
export const appToken = Symbol('app')

/** Some of the routes of the examples: enough to sign up and to spend. */
@Controller()
export class ExampleController {
  @Inject(appToken) private readonly app!: App

  @Get('healthz')
  async health(@Res() response: Response): Promise<void> {
    send(response, await health(this.app))
  }

  @Post('api/v1/auth/register')
  async register(@Req() request: Request, @Res() response: Response): Promise<void> {
    send(response, await signUp(this.app, await this.#withBody(request, response)))
  }

  @Get('api/v1/auth/me')
  async me(@Req() request: Request, @Res() response: Response): Promise<void> {
    send(response, await me(this.app, exchangeOf(this.app, request)))
  }

  @Get('api/v1/credits/usage')
  @RequireAccount('api', 'credits:read')
  async usage(@Req() request: Request, @Res() response: Response, @Caller() caller: Called): Promise<void> {
    send(response, await usage(this.app, exchangeOf(this.app, request), caller))
  }

  @Post('api/v1/credits/spend')
  @RequireAccount('api', 'credits:spend')
  async spend(@Req() request: Request, @Res() response: Response, @Caller() caller: Called): Promise<void> {
    send(response, await spend(this.app, await this.#withBody(request, response), caller))
  }

  /** The body is read here and not before, so that nothing of a caller who is refused is read. */
  async #withBody(request: Request, response: Response): Promise<HttpRequest> {
    requireType({}, request.headers)
    await new Promise<void>((resolve, reject) => {
      readBytes(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)))
    })
    return exchangeOf(this.app, request)
  }
}
