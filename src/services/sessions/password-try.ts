import { clientKey } from '../../domain/client-key.js'
import type { ThrottleRule } from '../../domain/plan.js'
import { retryAfterSeconds } from '../../domain/shown-budget.js'
import type { ThrottleRequest } from '../../ports/throttle-store.js'
import type { Context } from '../context.js'
import { keyedHash } from '../fingerprint.js'

/** A try at a password that has been taken from its budgets, unless one of them lacked it: then from none. */
export interface PasswordTry {
  readonly allowed: boolean
  /** Seconds, rounded up, until a try fits; 0 for one that was allowed. */
  readonly retryAfterSeconds: number
  /** Gives it back, for only failures count. */
  readonly giveBack: () => Promise<void>
}

/** Takes a try before the password is compared, so that of many guesses at the same moment no more are tried than the budgets have. */
export async function takeTry({ signInThrottles, clock }: Context, budgets: readonly ThrottleRequest[]): Promise<PasswordTry> {
  const { allowed, states } = await signInThrottles.take(budgets, 1, clock().getTime())
  return {
    allowed,
    retryAfterSeconds: Math.max(...states.map(retryAfterSeconds)),
    async giveBack() {
      if (allowed) await signInThrottles.take(budgets, -1, clock().getTime())
    },
  }
}

/** Does what was tried. Unless that answers `null`, for a failure, the try is given back. */
export async function counted<Result>({ giveBack }: PasswordTry, attempt: () => Promise<Result | null>): Promise<Result | null> {
  const result = await attempt().catch(async (error: unknown) => {
    await giveBack()
    throw error
  })
  if (result !== null) await giveBack()
  return result
}

/** The budgets of the rules for one subject, each with a key of its own. No scope of a host has a slash in it. */
export const budgetsOf = (name: string, rules: readonly ThrottleRule[], subject: string): ThrottleRequest[] =>
  rules.map((rule, index) => ({ key: `tenantry/sign-in/${name}/${index}:${subject}`, ...rule }))

/** What stands for a text in a key, so that whoever reads the keys learns nobody's address. */
export const subjectOf = ({ settings }: Context, kind: 'client' | 'email' | 'user', text: string): string =>
  keyedHash(settings.trial.claimSecrets[0] ?? '', `sign-in ${kind}:${text}`)

/** The client of an address, as it stands in keys; `null` when there is no usable address. */
export function clientSubject(context: Context, ip: string | null | undefined): string | null {
  const client = clientKey(ip ?? '')
  return client === null ? null : subjectOf(context, 'client', client)
}
