import { z } from 'zod'
import { canonicalEmail } from '../../domain/email.js'
import type { User } from '../../domain/user.js'
import { TenantryError } from '../../errors.js'
import type { StoreOperations } from '../../ports/store/store.js'
import { text } from '../schemas.js'

/** An e-mail address in its canonical spelling. */
export const email = z
  .string()
  .max(320)
  .refine((address) => canonicalEmail(address) !== null, 'must be an e-mail address, with only ASCII characters before the @')
  .transform((address) => canonicalEmail(address) ?? address)

/** What sign-up and `createAdmin` ask about a person. */
export const personFields = { email, firstName: text(100).default(''), lastName: text(100).default('') }

/**
 * Adds a person.
 *
 * @throws TenantryError `email_taken`, `external_user_id_taken`
 */
export async function addUser(
  store: StoreOperations,
  user: User,
  passwordHash: string | null,
  externalUserId: string | null,
): Promise<void> {
  const outcome = await store.addUser({ user, passwordHash, externalUserId })
  if (outcome === 'email_taken') throw new TenantryError('email_taken', { email: user.email })
  if (outcome === 'external_user_id_taken') {
    throw new TenantryError('external_user_id_taken', { externalUserId: externalUserId ?? '' })
  }
}
