import type {
  AccessDecision,
  Account,
  Actor,
  ApiKey,
  AuthenticateAdminResult,
  AuthenticateResult,
  AuthorizeResult,
  MemberRole,
  Plan,
  Principal,
  RefusedCaller,
  Tenantry,
  User,
} from 'tenantry'
import { claim, type Same } from './same.js'

/** The gate: either an account with its plan, or a code and a status. */
export function ofTheGate(decision: AccessDecision): string {
  // @ts-expect-error: there may be no account
  decision.account
  if (decision.ok) {
    claim<[Same<typeof decision.account, Account>, Same<typeof decision.plan, Plan>]>()
    // @ts-expect-error: who passes is not refused
    decision.code
    return decision.account.id
  }
  claim<[Same<typeof decision.status, 400 | 402 | 403 | 404>]>()
  // @ts-expect-error: who is refused has no plan
  decision.plan
  return decision.message
}

export function ofAuthenticate(result: AuthenticateResult): User | null {
  // @ts-expect-error: nobody may have called
  result.principal
  if (!result.ok) {
    claim<[Same<typeof result.status, 400 | 401 | 402 | 403 | 404>, Same<typeof result.caller, RefusedCaller | null>]>()
    return null
  }
  if (result.principal.type === 'session') {
    claim<[Same<typeof result.principal.role, MemberRole>, Same<typeof result.principal.user, User>]>()
    // @ts-expect-error: a session has no key
    result.principal.apiKey
    return result.principal.user
  }
  claim<[Same<typeof result.principal.apiKey, ApiKey>, Same<typeof result.principal.user, User | null>]>()
  return result.principal.user
}

export function ofAuthorize(result: AuthorizeResult): string | undefined {
  claim<[Same<(typeof result.headers)['Retry-After'], string | undefined>]>()
  // @ts-expect-error: only a caller who passes has a budget to show
  result.throttle
  if (!result.ok) {
    // @ts-expect-error: nobody may have called, and who was refused is not who may go on
    result.caller.principal
    claim<[Same<typeof result.caller, RefusedCaller | null>]>()
    return `${result.status} ${result.code} ${result.caller?.account?.id}`
  }
  // @ts-expect-error: a job that acts by account id has no principal
  result.principal.actor
  return result.principal?.actor.id ?? String(result.throttle.remaining)
}

/** Whoever presents a credential is somebody; a job that acts by account id is nobody. */
export async function ofTheCaller(tenantry: Tenantry): Promise<string | undefined> {
  const called = await tenantry.authorize({ credential: 'c', scope: 'api' })
  const job = await tenantry.authorize({ accountId: 'a', scope: 'api' })
  if (!called.ok || !job.ok) return undefined
  claim<[Same<typeof called.principal, Principal>, Same<typeof job.principal, Principal | null>]>()
  // @ts-expect-error: a job may be nobody
  job.principal.actor
  return called.principal.actor.id
}

export function ofAuthenticateAdmin(result: AuthenticateAdminResult): Actor | null {
  // @ts-expect-error: the caller may be nobody
  result.actor
  return result.ok ? result.actor : null
}
