import { z } from 'zod'
import { type AccessRefused, decideAccess } from '../../domain/access.js'
import type { Account } from '../../domain/account.js'
import { credentialKind, hasEnded } from '../../domain/credential.js'
import type { Plan } from '../../domain/plan.js'
import type { Subscription } from '../../domain/subscription.js'
import type { RefusalCode } from '../../errors.js'
import { goOn } from '../../go-on.js'
import type { AccountAccess, ApiKeyAccess, SessionAccess } from '../../ports/store/access.js'
import { refusalMessage } from '../../refusal-messages.js'
import type { Context } from '../context.js'
import { secretHash } from '../fingerprint.js'
import { parseInput } from '../parse-input.js'
import { inForce } from '../plans/pending-plan.js'
import { scopes } from '../schemas.js'
import type { Principal } from './principal.js'
import { accessOptions } from './validate-account-and-plan.js'

const Input = z.strictObject({
  /** A session token or an API key, as it came with the request; anything else is refused as unknown. */
  credential: z.unknown(),
  /** What the call needs. A session has every scope; a key has its own, or every one if it was made without. */
  scopes: scopes.default([]),
})

/** What `authenticate` takes. */
export type AuthenticateInput = Readonly<{ credential: string | null | undefined; scopes?: readonly string[] | undefined }>
/** What `authenticate` answers. */
export type AuthenticateResult = Authenticated | CallerRefused

/** The caller is known, and the account may act. */
export interface Authenticated {
  readonly ok: true
  readonly principal: Principal
  readonly account: Account
  readonly plan: Plan
  readonly subscription: Subscription | null
}

/** The caller is unknown (401), the account may not act (402, 403) or the credential may not do this (403). */
export interface AuthenticationRefused {
  readonly ok: false
  readonly code: RefusalCode
  readonly status: 401 | AccessRefused['status']
  readonly message: string
}

/** Somebody who is known and was refused. */
export interface RefusedCaller {
  readonly principal: Principal
  /** The account that was judged; `null` where the person has none. */
  readonly account: Account | null
}

/** A refusal that says who was refused. */
export interface CallerRefused extends AuthenticationRefused {
  /**
   * Who calls, where the credential is valid; else `null`. It is no permission: use it for what a refused customer may still do, such as see
   * what is due and pay.
   */
  readonly caller: RefusedCaller | null
}

/** See {@link Tenantry.authenticate}. */
export async function authenticate(context: Context, input: AuthenticateInput): Promise<AuthenticateResult> {
  const { credential, scopes } = parseInput(Input, input)
  return (await identify(context, credential, scopes, context.clock())).result
}

/** What {@link authenticate} answers, and whose budget the call is taken from: also that of an account which is refused. */
export interface Identified {
  readonly result: AuthenticateResult
  readonly account: Account | null
}

/** Finds out who calls, and lets the gate judge the account: at once, where all that it takes is at hand. */
export function identify(context: Context, credential: unknown, scopes: readonly string[], now: Date): Identified | Promise<Identified> {
  return goOn(findPrincipal(context, credential, now), (found) => {
    if (found === null) return unknownCaller()
    const access = found.access && inForce(context.store, found.access, now)
    return goOn(access, (current) => judged(context, { principal: found.principal, access: current }, scopes, now))
  })
}

const unknownCaller = (): Identified => ({ result: { ...refusedCredential(), caller: null }, account: null })

function judged(context: Context, found: Found, scopes: readonly string[], now: Date): Identified {
  const account = found.access?.account ?? null
  const result = judge(context, found, scopes, now)
  return { result: result.ok ? result : { ...result, caller: { principal: found.principal, account } }, account }
}

function judge(
  context: Context,
  { principal, access }: Found,
  scopes: readonly string[],
  now: Date,
): Authenticated | AuthenticationRefused {
  const state = { account: access?.account ?? null, subscription: access?.subscription ?? null }
  const decision = decideAccess(state, now, accessOptions(context))
  if (!decision.ok) return decision
  const missing = missingScopes(principal, scopes)
  if (missing.length > 0)
    return { ok: false, code: 'scope_missing', status: 403, message: refusalMessage('scope_missing', { scopes: missing }) }
  const { plan, subscription } = decision
  return { ok: true, account: decision.account, plan, subscription, principal }
}

/** The one answer to a credential that is not valid. */
export const refusedCredential = (): AuthenticationRefused => ({
  ok: false,
  code: 'invalid_credential',
  status: 401,
  message: refusalMessage('invalid_credential', {}),
})

type Found = { principal: Principal; access: AccountAccess | null }

function findPrincipal(context: Context, credential: unknown, now: Date): Found | null | Promise<Found | null> {
  const kind = typeof credential === 'string' ? credentialKind(credential) : null
  if (kind === null) return null
  const hash = secretHash(credential as string)
  if (kind === 'session') return goOn(context.access.findSessionAccess(hash, now), (session) => session && sessionPrincipal(session, now))
  return goOn(context.access.findApiKeyAccess(hash, now), (key) => {
    if (key === null || hasEnded(key.apiKey, now)) return null
    context.keyUses.note({ secretHash: hash, lastUsedAt: key.apiKey.lastUsedAt, at: now })
    return keyPrincipal(key)
  })
}

function sessionPrincipal(session: SessionAccess, now: Date): Found | null {
  if (hasEnded(session, now)) return null
  const { user, role, access } = session
  const actor = { type: 'user', id: user.id } as const
  return { principal: { type: 'session', actor, user, role: role ?? 'member' }, access: role === null ? null : access }
}

const keyPrincipal = ({ apiKey, owner, access }: ApiKeyAccess): Found => ({
  principal: { type: 'api_key', actor: { type: 'api_key', id: apiKey.id }, apiKey, user: owner },
  access,
})

function missingScopes(principal: Principal, scopes: readonly string[]): string[] {
  if (scopes.length === 0 || principal.type === 'session' || principal.apiKey.scopes.length === 0) return []
  return scopes.filter((scope) => !principal.apiKey.scopes.includes(scope))
}
