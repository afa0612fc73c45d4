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
import { requireRoomForOverlap } from './api-key-limits.js'
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
    const held = await lockAccount(tx, key.accountId)
    const manager = await requireManager(tx, key.accountId, actor, 'rotate API keys of this account')
    const before = await tx.findApiKey(key)
    if (before !== null && before.replacedById !== null) throw replacedBefore(before.replacedById)
    if (overlapSeconds > 0) await requireRoomForOverlap(context, tx, held, now)
    const newId = context.newId()
    const old = await tx.replaceApiKey({ ...key, replacedById: newId, expiresAt: addSeconds(now, overlapSeconds), at: now })
    if (before === null || old === null) throw new TenantryError('api_key_not_found', { apiKeyId: key.apiKeyId })
    const { accountId, name, scopes, expiresAt } = before
    const made = await addApiKey(context, tx, { id: newId, accountId, name, scopes, expiresAt }, now)
    const after = { old: facts(old), new: facts(made.apiKey) }
    await recordAct(context, tx, { action: 'rotateApiKey', accountId, actor: manager, before: facts(before), after, at: now })
    return made
  })
}

/** A second new key would end with the overlap of the first: whoever rotates twice means the new one. */
const replacedBefore = (replacedById: string) =>
  new TenantryError(
    'invalid_transition',
    { from: 'replaced', event: 'rotate' },
    { message: `The API key was rotated before. Rotate the key that replaced it: ${replacedById}.` },
  )
