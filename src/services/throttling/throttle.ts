import { z } from 'zod'
import { TenantryError } from '../../errors.js'
import type { Context } from '../context.js'
import { parseInput } from '../parse-input.js'
import { inForce } from '../plans/pending-plan.js'
import { id, integer } from '../schemas.js'
import { scopeNames } from './scopes.js'
import { takeCall } from './take-call.js'
import type { ThrottleResult } from './throttle-result.js'

const Input = z.strictObject({
  /** One scope, or up to eight that are taken from together, all or none: `['api', 'api.search']`, or `['api', 'api.daily']`. */
  scope: scopeNames,
  accountId: id.nullish(),
  /** The address of the client, for callers without an account: the peer's, or what {@link clientAddressReader} reads. Never a bare header. */
  ip: z.string().max(200).nullish(),
  /** How many calls it counts for in each budget; 1 when left out. More than a budget's burst never fits: split such a call. */
  cost: integer(1, 1_000_000).default(1),
})

/** What `throttle` takes. */
export type ThrottleInput = z.input<typeof Input>

/** See {@link Tenantry.throttle}. */
export async function throttle(context: Context, input: ThrottleInput): Promise<ThrottleResult> {
  const { scope: scopes, accountId, ip, cost } = parseInput(Input, input)
  const now = context.clock()
  if (accountId === null || accountId === undefined) return takeCall(context, { scopes, account: null, ip, cost }, now)
  const access = await context.access.findAccountAccess(accountId, now)
  if (access === null) throw new TenantryError('account_not_found', { accountId })
  const { account } = await inForce(context.store, access, now)
  return takeCall(context, { scopes, account, ip, cost }, now)
}
