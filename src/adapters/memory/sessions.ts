import { hasEnded } from '../../domain/credential.js'
import { invariant } from '../../errors.js'
import type { SessionOperations } from '../../ports/store/sessions.js'
import type { Tables } from './tables.js'
import type { Verbs } from './verbs.js'

/** Changes of sessions. */
export const sessionVerbs = (tables: Tables): Verbs<SessionOperations> => ({
  addSession(session) {
    invariant(tables.users.find(session.userId) !== null, 'a session needs its user')
    tables.sessions.add({ ...session, revokedAt: null })
  },
  revokeSession({ tokenHash, at }) {
    const session = tables.sessions.find(tokenHash)
    if (session === null || hasEnded(session, at)) return false
    tables.sessions.put({ ...session, revokedAt: at })
    return true
  },
  revokeSessions({ userId, keepTokenHash, at }) {
    const ending = tables.sessionsOfUser
      .ascending(userId)
      .filter((session) => session.tokenHash !== keepTokenHash && !hasEnded(session, at))
    for (const session of ending) tables.sessions.put({ ...session, revokedAt: at })
    return ending.length
  },
})
