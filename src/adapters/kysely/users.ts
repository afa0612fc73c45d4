import { TenantryError } from '../../errors.js'
import type { NewUser, UserOperations } from '../../ports/store/users.js'
import type { Connection } from './connection.js'
import { toMembership, toStoredUser, userRow } from './rows/user.js'
import type { Verbs } from './verbs.js'

/** Questions and changes about people and memberships. */
export const userVerbs: Verbs<UserOperations> = {
  async addUser(connection, user) {
    const { build, execute } = connection
    const insert = build.insertInto('tenantry_user').values(userRow(user))
    const [added] = await execute(insert.onConflict((conflict) => conflict.doNothing()).returning('id'))
    // Whether a row came back says nothing: pg-mem answers with the one that was there.
    return added?.id === user.user.id ? 'added' : whatIsTaken(connection, user)
  },
  async findUser({ build, execute }, userId) {
    const [row] = await execute(build.selectFrom('tenantry_user').selectAll().where('id', '=', userId))
    return row === undefined ? null : toStoredUser(row)
  },
  async findUserByEmail({ build, execute }, email) {
    const [row] = await execute(build.selectFrom('tenantry_user').selectAll().where('email', '=', email))
    return row === undefined ? null : toStoredUser(row)
  },
  async setPasswordHash({ build, execute }, { userId, from, to, at }) {
    const update = build.updateTable('tenantry_user').set({ password_hash: to, updated_at: at }).where('id', '=', userId)
    const guarded = from === null ? update.where('password_hash', 'is', null) : update.where('password_hash', '=', from)
    return (await execute(guarded.returning('id'))).length > 0
  },
  async setPlatformRole({ build, execute }, { userId, platformRole, at }) {
    const update = build.updateTable('tenantry_user').set({ platform_role: platformRole, updated_at: at })
    return (await execute(update.where('id', '=', userId).returning('id'))).length > 0
  },
  async addMembership({ build, execute }, { accountId, userId, role, createdAt }) {
    const row = { account_id: accountId, user_id: userId, role, created_at: createdAt }
    await execute(build.insertInto('tenantry_membership').values(row))
  },
  async findMembership({ build, execute }, { accountId, userId }) {
    const memberships = build.selectFrom('tenantry_membership').selectAll()
    const [row] = await execute(memberships.where('account_id', '=', accountId).where('user_id', '=', userId))
    return row === undefined ? null : toMembership(row)
  },
}

/** Which of its two unique names kept a person out. Whoever was first is committed by now. */
async function whatIsTaken(
  { build, execute }: Connection,
  { user, externalUserId }: NewUser,
): Promise<'email_taken' | 'external_user_id_taken'> {
  const [row] = await execute(build.selectFrom('tenantry_user').select('id').where('email', '=', user.email))
  if (row !== undefined) return 'email_taken'
  if (externalUserId !== null) return 'external_user_id_taken'
  throw new TenantryError('conflict', { operation: 'addUser' })
}
