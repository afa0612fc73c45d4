import { z } from 'zod'
import type { Actor } from '../../domain/actor.js'
import { addSeconds } from '../../domain/calendar.js'
import { TenantryError } from '../../errors.js'
import { lockAccount } from '../accounts/account-status.js'
import { recordAct } from '../audit/record-act.js'
import { requireManager } from '../authority.js'
import type { Context } from '../context.js'
import { parseInput } from '../parse-input.js'
import { id, integer } from '../schemas.js'
import { addApiKey, type CreateApiKeyResult, facts } from './create-api-key.js'

const Input = z.strictObject({
  accountId: id,
  apiKeyId: id,
  /** For how long the old key goes on beside the new one, in seconds: 0 to 30 days. */
  overlapSeconds: integer(0, 30 * 86_400),
})

/** What `rotateApiKey` takes. */
export type RotateApiKeyInput = z.input<typeof Input>

/** See {@link Tenantry.rotateApiKey}. */
export async function rotateApiKey(context: Context, input: RotateApiKeyInput, actor: Actor): Promise<CreateApiKeyResult> {
  const { overlapSeconds, ...key } = parseInput(Input, input)
  const now = context.clock()
  return context.store.transaction(async (tx) => {
    await lockAccount(tx, key.accountId)
    const manager = await requireManager(tx, key.accountId, actor, 'rotate API keys of this account')
    const before = await tx.findApiKey(key)
    const old = await tx.shortenApiKey({ ...key, expiresAt: addSeconds(now, overlapSeconds), at: now })
    if (before === null || old === null) throw new TenantryError('api_key_not_found', { apiKeyId: key.apiKeyId })
    const { accountId, name, scopes, expiresAt } = before
    const made = await addApiKey(context, tx, { accountId, name, scopes, expiresAt }, now)
    const after = { old: facts(old), new: facts(made.apiKey) }
    await recordAct(context, tx, { action: 'rotateApiKey', accountId, actor: manager, before: facts(before), after, at: now })
    return made
  })
}
