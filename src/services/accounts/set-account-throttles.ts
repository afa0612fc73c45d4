import { z } from 'zod'
import type { Account } from '../../domain/account.js'
import type { Actor } from '../../domain/actor.js'
import { canonicalJson } from '../../domain/canonical-json.js'
import type { ThrottleRule } from '../../domain/plan.js'
import { recordAct } from '../audit/record-act.js'
import { requireOperator } from '../authority.js'
import type { Context } from '../context.js'
import { invalidInput, parseInput } from '../parse-input.js'
import { throttleRule } from '../plans/catalogue.js'
import { inForce } from '../plans/pending-plan.js'
import { id, line, record } from '../schemas.js'
import { scopeName } from '../throttling/scopes.js'
import { lockAccount } from './account-status.js'

/** How many scopes of an account have a rule of their own at most; each request of the account reads them. */
const maxScopes = 50

const Input = z.strictObject({
  accountId: id,
  /** By scope: its rule, or `null` to go back to the plan's. */
  throttles: record(scopeName, throttleRule.nullable()),
  /** For the audit log. */
  reason: line(500).optional(),
})

/** What `setAccountThrottles` takes. */
export type SetAccountThrottlesInput = z.input<typeof Input>
/** What `setAccountThrottles` answers. */
export interface SetAccountThrottlesResult {
  readonly account: Account
}

/** See {@link Tenantry.setAccountThrottles}. */
export async function setAccountThrottles(
  context: Context,
  input: SetAccountThrottlesInput,
  actor: Actor,
): Promise<SetAccountThrottlesResult> {
  const { accountId, throttles: changes, reason } = parseInput(Input, input)
  const operator = requireOperator(actor, 'set the throttles of accounts')
  const at = context.clock()
  return context.store.transaction(async (tx) => {
    const held = await lockAccount(tx, accountId)
    const { account } = await inForce(tx, held, at)
    const { throttles: before } = account
    const after = merged(before, changes)
    if (canonicalJson(after) === canonicalJson(before)) return { account }
    await tx.saveAccount({ accountId, throttles: after, at })
    const act = { action: 'setAccountThrottles', accountId, actor: operator, reason: reason ?? null, at }
    await recordAct(context, tx, { ...act, before: { throttles: before }, after: { throttles: after } })
    return { account: { ...account, throttles: after } }
  })
}

function merged(before: Account['throttles'], changes: Readonly<Record<string, ThrottleRule | null>>): Account['throttles'] {
  const rules = Object.entries({ ...before, ...changes }).filter((entry): entry is [string, ThrottleRule] => entry[1] !== null)
  if (rules.length <= maxScopes) return Object.fromEntries(rules)
  throw invalidInput([{ path: 'throttles', message: `an account may have rules of its own for ${maxScopes} scopes` }])
}
