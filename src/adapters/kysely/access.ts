import { CompiledQuery } from 'kysely'
import type { AccessOperations, AccountAccess, ApiKeyAccess, SessionAccess } from '../../ports/store/access.js'
import type { Connection } from './connection.js'
import { accountTogether, apiKeyTogether, sessionTogether, toAccountAccess, toOptionalAccess, userTogether } from './rows/access.js'
import { toApiKey } from './rows/api-key.js'
import { toUser } from './rows/user.js'
import { moment, nullableMoment } from './rows/values.js'
import type { JoinedRow } from './selections.js'
import type { Verbs } from './verbs.js'

/** The questions of the gate, each one statement that was written beforehand. */
export const accessVerbs: Verbs<AccessOperations> = {
  findAccountAccess: (connection, accountId) => findOne(connection, connection.hot.accountAccess, accountId, readAccountAccess),
  findUserAccess: (connection, userId) => findOne(connection, connection.hot.userAccess, userId, readUserAccess),
  findSessionAccess: (connection, tokenHash) => findOne(connection, connection.hot.sessionAccess, tokenHash, readSessionAccess),
  findApiKeyAccess: (connection, secretHash) => findOne(connection, connection.hot.apiKeyAccess, secretHash, readApiKeyAccess),
}

/** What the row of an account answers. */
export const readAccountAccess = (joined: JoinedRow): AccountAccess => toAccountAccess(accountTogether.read(joined))

function readUserAccess(joined: JoinedRow) {
  const rows = userTogether.read(joined)
  return { user: toUser(rows.user), access: toOptionalAccess(rows) }
}

/** What the row of a session answers. */
export function readSessionAccess(joined: JoinedRow): SessionAccess {
  const rows = sessionTogether.read(joined)
  return {
    user: toUser(rows.user),
    expiresAt: moment(rows.session.expires_at),
    revokedAt: nullableMoment(rows.session.revoked_at),
    role: rows.membership?.role ?? null,
    access: toOptionalAccess(rows),
  }
}

/** What the row of a key answers. */
export function readApiKeyAccess(joined: JoinedRow): ApiKeyAccess {
  const rows = apiKeyTogether.read(joined)
  return { apiKey: toApiKey(rows.apiKey), owner: rows.owner && toUser(rows.owner), access: toAccountAccess(rows) }
}

async function findOne<Answer>(
  { execute }: Connection,
  sql: string,
  key: string,
  read: (joined: JoinedRow) => Answer,
): Promise<Answer | null> {
  const [joined] = await execute<JoinedRow>(CompiledQuery.raw(sql, [key]))
  return joined === undefined ? null : read(joined)
}
