import { clientKey } from './client-key.js'

/** Who calls. */
export interface ThrottleCaller {
  readonly accountId?: string | null | undefined
  /** The address of the peer, for callers without an account; see {@link clientKey}. */
  readonly ip?: string | null | undefined
}

/** Who calls what. */
export interface ThrottleSubject extends ThrottleCaller {
  /** What is throttled, one of the host's own constants. */
  readonly scope: string
}

/**
 * The key of the budget that a call is taken from: `scope:accountId`; without an account `scope:anon:client`, where the client is
 * {@link clientKey} of the address; without a usable address `scope:anon`, one budget for all such callers. `null` without a scope.
 *
 * No account gets another's key, nor that of an anonymous client: in an account id `%` and `:` are percent-encoded, and the id `anon`
 * is written `%61non`. The scope is taken as it is, so no scope may contain the part `:anon`. What is not text counts as left out.
 */
export function throttleKey(subject: ThrottleSubject): string | null {
  const { scope, accountId, ip } = subject ?? {}
  return isText(scope) ? `${scope}:${callerKey({ accountId, ip })}` : null
}

/** The part of a {@link throttleKey} that stands for the caller, the same for every scope. */
export function callerKey({ accountId, ip }: ThrottleCaller): string {
  if (isText(accountId)) return accountPart(accountId)
  const client = isText(ip) ? clientKey(ip) : null
  return client === null ? 'anon' : `anon:${client}`
}

const isText = (value: string | null | undefined): value is string => typeof value === 'string' && value !== ''

function accountPart(accountId: string): string {
  if (accountId === 'anon') return '%61non'
  return /[%:]/.test(accountId) ? accountId.replace(/[%:]/g, encodeURIComponent) : accountId
}
