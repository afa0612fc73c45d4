import { invariant } from '../../errors.js'
import type { StoredUser, UserOperations } from '../../ports/store/users.js'
import { compound } from './table.js'
import type { Tables } from './tables.js'
import type { Verbs } from './verbs.js'

/** Questions and changes about people and memberships. */
export const userVerbs = (tables: Tables): Verbs<UserOperations> => ({
  addUser(user) {
    if (tables.userByEmail(user.user.email) !== null) return 'email_taken'
    if (user.externalUserId !== null && tables.userByExternalId(user.externalUserId) !== null) return 'external_user_id_taken'
    tables.users.add(user)
    return 'added'
  },
  findUser: (userId) => tables.users.find(userId),
  findUserByEmail: (email) => tables.userByEmail(email),
  setPasswordHash({ userId, from, to }) {
    const known = tables.users.find(userId)
    return known !== null && known.passwordHash === from && replace(tables, { ...known, passwordHash: to })
  },
  setPlatformRole({ userId, platformRole }) {
    const known = tables.users.find(userId)
    return known !== null && replace(tables, { ...known, user: { ...known.user, platformRole } })
  },
  addMembership(membership) {
    invariant(tables.accounts.find(membership.accountId) !== null, 'a membership needs its account')
    invariant(tables.users.find(membership.userId) !== null, 'a membership needs its user')
    tables.memberships.add(membership)
  },
  findMembership: ({ accountId, userId }) => tables.memberships.find(compound(accountId, userId)),
})

function replace(tables: Tables, user: StoredUser): true {
  tables.users.put(user)
  return true
}
