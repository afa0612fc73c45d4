import { z } from 'zod'
import { TenantryError } from '../../errors.js'
import type { StoredUser } from '../../ports/store/users.js'
import type { Context } from '../context.js'
import { secretHash } from '../fingerprint.js'
import { parseInput } from '../parse-input.js'
import { id } from '../schemas.js'
import { rememberAddress } from './known-addresses.js'
import { comparePassword } from './login.js'
import { requireGoodPassword } from './password-input.js'
import { budgetsOf, clientSubject, counted, subjectOf, takeTry } from './password-try.js'

const Input = z.strictObject({
  /** From the authenticated context. */
  userId: id,
  current: z.string().max(1000),
  next: z.string().max(1000),
  /** The session that goes on; every other one ends. Left out, all end. */
  keepToken: z.string().max(1000).optional(),
  /** The client's address. With the new password, no other is known any more. */
  ip: z.string().max(200).nullish(),
})

/** What `changePassword` takes. */
export type ChangePasswordInput = z.input<typeof Input>
/** What `changePassword` answers: how many other sessions it ended. */
export interface ChangePasswordResult {
  readonly revoked: number
}

/** See {@link Tenantry.changePassword}. */
export async function changePassword(context: Context, input: ChangePasswordInput): Promise<ChangePasswordResult> {
  const { userId, current, next, keepToken, ip } = parseInput(Input, input)
  const stored = await findByPassword(context, userId, current)
  if (stored === null) throw new TenantryError('invalid_credentials', {})
  requireGoodPassword(context, next, stored.user.email, 'next')
  const to = await context.passwords.hash(next)
  const at = context.clock()
  return context.store.transaction(async (tx) => {
    const changed = await tx.setPasswordHash({ userId, from: stored.passwordHash, to, at })
    if (!changed) throw new TenantryError('conflict', { operation: 'changePassword' })
    await rememberAddress(context, tx, { user: stored.user, verifier: to, knownAddresses: [], client: clientSubject(context, ip) })
    return { revoked: await tx.revokeSessions({ userId, keepTokenHash: keepToken === undefined ? null : secretHash(keepToken), at }) }
  })
}

/** Whoever has stolen a session is not to try passwords without end: they have as many tries as strangers have at a sign-in. */
async function findByPassword(context: Context, userId: string, password: string): Promise<StoredUser | null> {
  const budgets = budgetsOf('change', context.settings.signIn.perPerson, subjectOf(context, 'user', userId))
  const taken = await takeTry(context, budgets)
  if (!taken.allowed) throw new TenantryError('throttled', { retryAfterSeconds: taken.retryAfterSeconds })
  return counted(taken, async () => {
    const stored = await context.store.findUser(userId)
    return (await comparePassword(context, stored, password)) ? stored : null
  })
}
