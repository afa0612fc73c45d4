import type { SessionOperations } from '../../ports/store/sessions.js'
import type { Connection } from './connection.js'
import type { Verbs } from './verbs.js'

/** Changes of sessions. */
export const sessionVerbs: Verbs<SessionOperations> = {
  async addSession({ build, execute }, { tokenHash, userId, accountId, createdAt, expiresAt }) {
    const row = { token_hash: tokenHash, user_id: userId, account_id: accountId, created_at: createdAt, expires_at: expiresAt }
    await execute(build.insertInto('tenantry_session').values(row))
  },
  async revokeSession(connection, { tokenHash, at }) {
    const revoked = await connection.execute(endLive(connection, at).where('token_hash', '=', tokenHash))
    return revoked.length > 0
  },
  async revokeSessions(connection, { userId, keepTokenHash, at }) {
    const ofUser = endLive(connection, at).where('user_id', '=', userId)
    const others = keepTokenHash === null ? ofUser : ofUser.where('token_hash', '<>', keepTokenHash)
    return (await connection.execute(others)).length
  },
}

/** Ends sessions that have not ended before `at`. */
const endLive = ({ build }: Connection, at: Date) =>
  build
    .updateTable('tenantry_session')
    .set({ revoked_at: at })
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', at)
    .returning('token_hash')
