import { addDays } from '../../domain/calendar.js'
import { sessionToken } from '../../domain/credential.js'
import type { Session } from '../../domain/session.js'
import type { StoreOperations } from '../../ports/store/store.js'
import type { Context } from '../context.js'
import { secretHash } from '../fingerprint.js'
import { withSecret } from '../with-secret.js'

/** Opens a session for a person who has just proved who they are. */
export async function openSession(
  context: Context,
  store: StoreOperations,
  { userId, accountId, now }: { userId: string; accountId: string | null; now: Date },
): Promise<Session> {
  const token = sessionToken(context.randomBytes(32))
  const expiresAt = addDays(now, context.settings.sessions.ttlDays)
  await store.addSession({ tokenHash: secretHash(token), userId, accountId, createdAt: now, expiresAt })
  return withSecret({ expiresAt }, 'token', token)
}
