import { z } from 'zod'
import type { Actor } from '../../domain/actor.js'
import type { ApiKey } from '../../domain/api-key.js'
import { TenantryError } from '../../errors.js'
import { lockAccount } from '../accounts/account-status.js'
import { recordAct } from '../audit/record-act.js'
import { requireManager } from '../authority.js'
import type { Context } from '../context.js'
import { parseInput } from '../parse-input.js'
import { id } from '../schemas.js'
import { facts } from './create-api-key.js'

const Input = z.strictObject({ accountId: id, apiKeyId: id })

/** What `revokeApiKey` takes. */
export type RevokeApiKeyInput = z.input<typeof Input>
/** What `revokeApiKey` answers. */
export interface RevokeApiKeyResult {
  readonly apiKey: ApiKey
}

/** See {@link Tenantry.revokeApiKey}. */
export async function revokeApiKey(context: Context, input: RevokeApiKeyInput, actor: Actor): Promise<RevokeApiKeyResult> {
  const key = parseInput(Input, input)
  const at = context.clock()
  return context.store.transaction(async (tx) => {
    await lockAccount(tx, key.accountId)
    const manager = await requireManager(tx, key.accountId, actor, 'revoke API keys of this account')
    const before = await tx.findApiKey(key)
    const apiKey = await tx.revokeApiKey({ ...key, at })
    if (before === null || apiKey === null) throw new TenantryError('api_key_not_found', { apiKeyId: key.apiKeyId })
    if (before.revokedAt !== null) return { apiKey }
    const after = { ...facts(apiKey), revokedAt: at.toISOString() }
    await recordAct(context, tx, { action: 'revokeApiKey', accountId: key.accountId, actor: manager, before: facts(before), after, at })
    return { apiKey }
  })
}
