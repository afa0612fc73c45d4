import type { AccessOperations, AccountAccess } from '../../ports/store/access.js'
import { accountRow, readAccount } from './accounts.js'
import { compound } from './table.js'
import type { AccountRow, Tables } from './tables.js'
import type { Verbs } from './verbs.js'

/** The questions of the gate. */
export const accessVerbs = (tables: Tables): Verbs<AccessOperations> => ({
  findAccountAccess(accountId) {
    const row = tables.accounts.find(accountId)
    return row && accessTo(tables, row)
  },
  findUserAccess(userId) {
    const found = tables.users.find(userId)
    const [oldest] = tables.membershipsOfUser.ascending(userId, { after: null, limit: 1 })
    return found && { user: found.user, access: oldest === undefined ? null : accessTo(tables, accountRow(tables, oldest.accountId)) }
  },
  findSessionAccess(tokenHash) {
    const session = tables.sessions.find(tokenHash)
    const found = session && tables.users.find(session.userId)
    if (session === null || found === null) return null
    const { userId, accountId, expiresAt, revokedAt } = session
    const membership = accountId === null ? null : tables.memberships.find(compound(accountId, userId))
    const access = membership && accessTo(tables, accountRow(tables, membership.accountId))
    return { user: found.user, expiresAt, revokedAt, role: membership?.role ?? null, access }
  },
  findApiKeyAccess(secretHash) {
    const found = tables.apiKeyByHash(secretHash)
    const row = found && tables.accounts.find(found.apiKey.accountId)
    if (found === null || row === null) return null
    const owner = row.ownerId === null ? null : (tables.users.find(row.ownerId)?.user ?? null)
    return { apiKey: found.apiKey, owner, access: accessTo(tables, row) }
  },
})

const accessTo = (tables: Tables, row: AccountRow): AccountAccess => ({
  account: readAccount(tables, row),
  subscription: tables.subscriptions.find(row.id),
})
