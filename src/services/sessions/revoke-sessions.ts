import { z } from 'zod'
import { type Actor, isOperator } from '../../domain/actor.js'
import { TenantryError } from '../../errors.js'
import { recordAct } from '../audit/record-act.js'
import type { Context } from '../context.js'
import { parseActor, parseInput } from '../parse-input.js'
import { id } from '../schemas.js'

const Input = z.strictObject({ userId: id })

/** What `revokeSessions` takes. */
export type RevokeSessionsInput = z.input<typeof Input>
/** What `revokeSessions` answers: how many sessions it ended. */
export interface RevokeSessionsResult {
  readonly revoked: number
}

/** See {@link Tenantry.revokeSessions}. */
export async function revokeSessions(context: Context, input: RevokeSessionsInput, actor: Actor): Promise<RevokeSessionsResult> {
  const { userId } = parseInput(Input, input)
  const parsed = parseActor(actor)
  const isSelf = parsed.type === 'user' && parsed.id === userId
  if (!isSelf && !isOperator(parsed)) throw new TenantryError('user_not_found', { userId })
  const at = context.clock()
  return context.store.transaction(async (tx) => {
    if ((await tx.findUser(userId)) === null) throw new TenantryError('user_not_found', { userId })
    const revoked = await tx.revokeSessions({ userId, keepTokenHash: null, at })
    await recordAct(context, tx, { action: 'revokeSessions', accountId: null, actor: parsed, before: { userId }, after: { revoked }, at })
    return { revoked }
  })
}
