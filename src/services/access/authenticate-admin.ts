import { z } from 'zod'
import type { Actor } from '../../domain/actor.js'
import { credentialKind, hasEnded } from '../../domain/credential.js'
import type { User } from '../../domain/user.js'
import { forbiddenMessage } from '../../refusal-messages.js'
import type { Context } from '../context.js'
import { secretHash } from '../fingerprint.js'
import { parseInput } from '../parse-input.js'
import { type AuthenticationRefused, refusedCredential } from './authenticate.js'

const Input = z.strictObject({ credential: z.unknown() })

/** What `authenticateAdmin` takes. */
export type AuthenticateAdminInput = Readonly<{ credential: string | null | undefined }>
/** What `authenticateAdmin` answers. Pass `actor` to operations for administrators. */
export type AuthenticateAdminResult = { readonly ok: true; readonly user: User; readonly actor: Actor } | AuthenticationRefused

/** See {@link Tenantry.authenticateAdmin}. */
export async function authenticateAdmin(context: Context, input: AuthenticateAdminInput): Promise<AuthenticateAdminResult> {
  const { credential } = parseInput(Input, input)
  if (typeof credential !== 'string' || credentialKind(credential) !== 'session') return refusedCredential()
  const now = context.clock()
  const session = await context.access.findSessionAccess(secretHash(credential), now)
  if (session === null || hasEnded(session, now)) return refusedCredential()
  const { user } = session
  if (user.platformRole === 'admin') return { ok: true, user, actor: { type: 'admin', id: user.id } }
  return { ok: false, code: 'forbidden', status: 403, message: forbiddenMessage('administer the platform', 'administrator') }
}
