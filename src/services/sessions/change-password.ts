import { z } from 'zod'
import { TenantryError } from '../../errors.js'
import type { Context } from '../context.js'
import { secretHash } from '../fingerprint.js'
import { parseInput } from '../parse-input.js'
import { id } from '../schemas.js'
import { comparePassword } from './login.js'
import { requireGoodPassword } from './password-input.js'

const Input = z.strictObject({
  /** From the authenticated context. */
  userId: id,
  current: z.string().max(1000),
  next: z.string().max(1000),
  /** The session that goes on; every other one ends. Left out, all end. */
  keepToken: z.string().max(1000).optional(),
})

/** What `changePassword` takes. */
export type ChangePasswordInput = z.input<typeof Input>
/** What `changePassword` answers: how many other sessions it ended. */
export interface ChangePasswordResult {
  readonly revoked: number
}

/** See {@link Tenantry.changePassword}. */
export async function changePassword(context: Context, input: ChangePasswordInput): Promise<ChangePasswordResult> {
  const { userId, current, next, keepToken } = parseInput(Input, input)
  const stored = await context.store.findUser(userId)
  if (!(await comparePassword(context, stored, current)) || stored === null) throw new TenantryError('invalid_credentials', {})
  requireGoodPassword(context, next, stored.user.email, 'next')
  const to = await context.passwords.hash(next)
  const at = context.clock()
  return context.store.transaction(async (tx) => {
    const changed = await tx.setPasswordHash({ userId, from: stored.passwordHash, to, at })
    if (!changed) throw new TenantryError('conflict', { operation: 'changePassword' })
    return { revoked: await tx.revokeSessions({ userId, keepTokenHash: keepToken === undefined ? null : secretHash(keepToken), at }) }
  })
}
