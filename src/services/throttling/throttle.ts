import { z } from 'zod'
import type { Account } from '../../domain/account.js'
import type { ThrottleRule } from '../../domain/plan.js'
import { type RateLimitHeaders, rateLimitHeaders, retryAfterSeconds } from '../../domain/rate-limit-headers.js'
import { throttleKey } from '../../domain/throttle.js'
import { invariant, TenantryError } from '../../errors.js'
import type { Context } from '../context.js'
import { parseInput } from '../parse-input.js'
import { inForce } from '../plans/pending-plan.js'
import { id, integer } from '../schemas.js'

/** The name of what is throttled; one of the host's own constants. `:anon` sets anonymous callers apart, see {@link throttleKey}. */
export const scopeName = z
  .string()
  .refine((name) => /^[A-Za-z][A-Za-z0-9_.:-]{0,63}$/.test(name) && !name.includes(':anon'), 'must be a scope such as "api"')

const Input = z.strictObject({
  scope: scopeName,
  accountId: id.nullish(),
  /** The address of the peer, for callers without an account. Never a header that the caller can set. */
  ip: z.string().max(200).nullish(),
  /** How much of the budget the call takes; 1 when left out. */
  cost: integer(1, 1_000_000).default(1),
})

/** What `throttle` takes. */
export type ThrottleInput = z.input<typeof Input>

/** Whether a call fits into its budget, and where the budget stands now. */
export interface ThrottleResult {
  readonly allowed: boolean
  /** How many calls fit at once; `null` where nothing is counted. */
  readonly limit: number | null
  /** Whole calls left; `null` where nothing is counted. */
  readonly remaining: number | null
  /** Seconds, rounded up, until the budget is whole again; of a refused call, until it fits. */
  readonly resetSeconds: number
  /** Seconds, rounded up, until a refused call fits; 0 for an allowed one. */
  readonly retryAfterSeconds: number
  /** Ready for the response. */
  readonly headers: RateLimitHeaders
}

/** See {@link Tenantry.throttle}. */
export async function throttle(context: Context, input: ThrottleInput): Promise<ThrottleResult> {
  const { accountId, ...call } = parseInput(Input, input)
  if (accountId === null || accountId === undefined) return takeCall(context, { ...call, account: null })
  const access = await context.store.findAccountAccess(accountId)
  if (access === null) throw new TenantryError('account_not_found', { accountId })
  const { account } = await inForce(context.store, access, context.clock())
  return takeCall(context, { ...call, account })
}

/** A call by an account that is at hand, or by an anonymous client. */
export interface Call {
  readonly scope: string
  readonly account: Pick<Account, 'id' | 'plan' | 'throttles'> | null
  readonly ip?: string | null | undefined
  readonly cost: number
}

/** Decides about a call. */
export async function takeCall(context: Context, { scope, account, ip, cost }: Call): Promise<ThrottleResult> {
  const { throttling } = context.settings
  const accountId = account?.id ?? null
  if (throttling.bypass({ scope, accountId, ip: ip ?? null })) return notCounted
  const rule = findRule(context, account, scope)
  const key = throttleKey({ scope, accountId, ip })
  invariant(key !== null, 'a call has a scope')
  const { states } = await context.throttles.take([{ key, ...rule }], cost, context.clock())
  const state = states[0]
  invariant(state !== undefined, 'a throttle store answers every request')

  const waitSeconds = retryAfterSeconds([state])
  return {
    allowed: state.retryAfterMs === 0,
    limit: rule.limit,
    remaining: state.remaining,
    resetSeconds: waitSeconds === 0 ? Math.ceil(state.resetMs / 1000) : waitSeconds,
    retryAfterSeconds: waitSeconds,
    headers: rateLimitHeaders([{ name: scope, ...rule, ...state }]),
  }
}

const notCounted: ThrottleResult = { allowed: true, limit: null, remaining: null, resetSeconds: 0, retryAfterSeconds: 0, headers: {} }

function findRule({ settings }: Context, account: Call['account'], scope: string): ThrottleRule {
  const { defaults, fallback } = settings.throttling
  return own(account?.throttles ?? {}, scope) ?? own(account?.plan?.throttles ?? {}, scope) ?? own(defaults, scope) ?? fallback
}

const own = (rules: Readonly<Record<string, ThrottleRule>>, scope: string): ThrottleRule | undefined =>
  Object.hasOwn(rules, scope) ? rules[scope] : undefined
