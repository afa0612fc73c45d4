import {
  applyDecorators,
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  HttpException,
  Inject,
  Injectable,
  Optional,
  SetMetadata,
  UseGuards,
} from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import type { Request, Response } from 'express'
import { type Authorized, clientAddressReader, type Tenantry } from 'tenantry'
import { credentialOf } from '../shared/http/credential.js'

/** Provide what `createTenantry` answers under this name. */
export const tenantryToken = Symbol('tenantry')
/** Behind a proxy, provide under this name what `clientAddressReader` answers. */
export const clientAddressToken = Symbol('clientAddress')
const needed = 'tenantry:needed'

/** Put the type of your tenantry here, `typeof tenantry`: then a scope that it does not know does not compile. */
type Gate = Pick<Tenantry, 'authorize'>
/** One scope, or several whose budgets are taken from together. */
type Scopes = Parameters<Gate['authorize']>[0]['scope']

/** Before a route or a controller: lets only callers pass whose account may act now and whose budgets are not used up. */
export const RequireAccount = (scope: Scopes, ...scopes: string[]) =>
  applyDecorators(SetMetadata(needed, { scope, scopes }), UseGuards(AccountGuard))

/** Before a parameter of such a route: who called. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): Authorized => {
  return context.switchToHttp().getResponse<Response>().locals['caller']
})

/** Answers refusals with 401, 402, 403 or 429, and tells every caller where the budget stands. */
@Injectable()
export class AccountGuard implements CanActivate {
  @Inject(tenantryToken) private readonly tenantry!: Gate
  @Optional() @Inject(clientAddressToken) private readonly clientAddress = clientAddressReader()
  @Inject(Reflector) private readonly reflector!: Reflector

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const [request, response] = context.getArgs<[Request, Response]>()
    const need = this.reflector.getAllAndOverride<{ scope: Scopes; scopes: string[] }>(needed, [context.getHandler(), context.getClass()])
    const ip = this.clientAddress({ peer: request.socket.remoteAddress, headers: request.headers })
    const decision = await this.tenantry.authorize({ credential: credentialOf(request), ...need, ip })
    response.set(decision.headers)
    if (decision.ok) {
      response.locals['caller'] = decision
      return true
    }
    const { status, code, message } = decision
    response.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
    if (status === 401) response.set('WWW-Authenticate', 'Bearer')
    throw new HttpException({ success: false, error: message, code }, status)
  }
}
