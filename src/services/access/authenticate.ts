import { z } from 'zod'
import { type AccessRefused, decideAccess } from '../../domain/access.js'
import type { Account } from '../../domain/account.js'
import { credentialKind } from '../../domain/credential.js'
import type { Plan } from '../../domain/plan.js'
import type { Subscription } from '../../domain/subscription.js'
import type { RefusalCode } from '../../errors.js'
import type { AccountAccess } from '../../ports/store/access.js'
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
  return (await identify(context, credential, scopes)).result
}

/** What {@link authenticate} answers, and whose budget the call is taken from: also that of an account which is refused. */
export interface Identified {
  readonly result: AuthenticateResult
  readonly account: Account | null
}

/** Finds out who calls, and lets the gate judge the account. */
export async function identify(context: Context, credential: unknown, scopes: readonly string[]): Promise<Identified> {
  const now = context.clock()
  const found = await findPrincipal(context, credential, now)
  if (found === null) return { result: { ...refusedCredential(), caller: null }, account: null }
  const { principal } = found
  const inForceNow = found.access && inForce(context.store, found.access, now)
  const access = inForceNow instanceof Promise ? await inForceNow : inForceNow
  const account = access?.account ?? null
  const result = judge(context, { principal, access }, scopes, now)
  return { result: result.ok ? result : { ...result, caller: { principal, account } }, account }
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

async function findPrincipal(context: Context, credential: unknown, now: Date): Promise<Found | null> {
  if (typeof credential !== 'string') return null
  const kind = credentialKind(credential)
  if (kind === null) return null
  return kind === 'session' ? findSession(context, secretHash(credential), now) : findApiKey(context, secretHash(credential), now)
}

async function findSession({ access: gate }: Context, tokenHash: string, now: Date): Promise<Found | null> {
  const session = await gate.findSessionAccess(tokenHash)
  if (session === null || hasEnded(session, now)) return null
  const { user, role, access } = session
  const actor = { type: 'user', id: user.id } as const
  return { principal: { type: 'session', actor, user, role: role ?? 'member' }, access: role === null ? null : access }
}

async function findApiKey({ access: gate, keyUses }: Context, hash: string, now: Date): Promise<Found | null> {
  const found = await gate.findApiKeyAccess(hash)
  if (found === null || hasEnded(found.apiKey, now)) return null
  const { apiKey, owner, access } = found
  keyUses.note({ secretHash: hash, lastUsedAt: apiKey.lastUsedAt, at: now })
  return { principal: { type: 'api_key', actor: { type: 'api_key', id: apiKey.id }, apiKey, user: owner }, access }
}

/** At the instant of its expiry a credential no longer counts. A revocation counts whatever the clocks say. */
export const hasEnded = ({ expiresAt, revokedAt }: { expiresAt: Date | null; revokedAt: Date | null }, now: Date): boolean =>
  revokedAt !== null || (expiresAt !== null && expiresAt <= now)

function missingScopes(principal: Principal, scopes: readonly string[]): string[] {
  if (scopes.length === 0 || principal.type === 'session' || principal.apiKey.scopes.length === 0) return []
  return scopes.filter((scope) => !principal.apiKey.scopes.includes(scope))
}
