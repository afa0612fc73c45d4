import { CompiledQuery } from 'kysely'
import type { MemberRole } from '../../domain/membership.js'
import type { AccessOperations, ApiKeyAccess, SessionAccess } from '../../ports/store/access.js'
import type { Connection } from './connection.js'
import { toAccountAccess, toOptionalAccess } from './rows/access.js'
import { apiKeySelection, toApiKey } from './rows/api-key.js'
import { toUser, userSelection } from './rows/user.js'
import { moment, nullableMoment } from './rows/values.js'
import type { JoinedRow } from './selections.js'
import type { Verbs } from './verbs.js'

/** The questions of the gate, each one statement that was written beforehand. */
export const accessVerbs: Verbs<AccessOperations> = {
  async findAccountAccess(connection, accountId) {
    return answered(await findOne(connection, connection.hot.accountAccess, accountId), toAccountAccess)
  },
  async findUserAccess(connection, userId) {
    const joined = await findOne(connection, connection.hot.userAccess, userId)
    return joined && { user: toUser(userSelection.read(joined)), access: toOptionalAccess(joined) }
  },
  async findSessionAccess(connection, tokenHash) {
    return answered(await findOne(connection, connection.hot.sessionAccess, tokenHash), readSessionAccess)
  },
  async findApiKeyAccess(connection, secretHash) {
    return answered(await findOne(connection, connection.hot.apiKeyAccess, secretHash), readApiKeyAccess)
  },
}

const answered = <Answer>(joined: JoinedRow | null, read: (joined: JoinedRow) => Answer): Answer | null => joined && read(joined)

/** What the row of a session answers. */
export function readSessionAccess(joined: JoinedRow): SessionAccess {
  const session = joined as SessionRow
  return {
    user: toUser(userSelection.read(joined)),
    expiresAt: moment(session.session_expires_at),
    revokedAt: nullableMoment(session.session_revoked_at),
    role: session.membership_role,
    access: toOptionalAccess(joined),
  }
}

/** What the row of a key answers. */
export function readApiKeyAccess(joined: JoinedRow): ApiKeyAccess {
  const owner = userSelection.readOptional(joined)
  return { apiKey: toApiKey(apiKeySelection.read(joined)), owner: owner && toUser(owner), access: toAccountAccess(joined) }
}

/** The columns of a session's row that no selection covers. */
interface SessionRow extends JoinedRow {
  readonly session_expires_at: Date
  readonly session_revoked_at: Date | null
  readonly membership_role: MemberRole | null
}

async function findOne({ execute }: Connection, sql: string, key: string): Promise<JoinedRow | null> {
  const [joined] = await execute<JoinedRow>(CompiledQuery.raw(sql, [key]))
  return joined ?? null
}
