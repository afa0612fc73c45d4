import type { Membership } from '../../../domain/membership.js'
import type { User } from '../../../domain/user.js'
import type { NewUser, StoredUser } from '../../../ports/store/users.js'
import { selection } from '../selections.js'
import type { NewRow, Row } from '../tables.js'
import { moment } from './values.js'

type PublicColumns = Omit<Row<'tenantry_user'>, 'external_user_id' | 'password_hash' | 'updated_at'>

/** The columns of a person in a joined statement. The verifier of the password is not among them. */
export const userSelection = selection<PublicColumns>('person', {
  id: 'plain',
  email: 'plain',
  first_name: 'plain',
  last_name: 'plain',
  platform_role: 'plain',
  created_at: 'moment',
})

/** The person that a row holds. */
export function toUser(row: PublicColumns): User {
  return {
    id: row.id,
    email: row.email,
    firstName: row.first_name,
    lastName: row.last_name,
    platformRole: row.platform_role,
    createdAt: moment(row.created_at),
  }
}

/** The person that a row holds, with what the sign-in needs. */
export function toStoredUser(row: Row<'tenantry_user'>): StoredUser {
  return { user: toUser(row), passwordHash: row.password_hash, externalUserId: row.external_user_id }
}

/** The row of a new person. */
export function userRow({ user, passwordHash, externalUserId }: NewUser): NewRow<'tenantry_user'> {
  return {
    id: user.id,
    email: user.email,
    external_user_id: externalUserId,
    first_name: user.firstName,
    last_name: user.lastName,
    password_hash: passwordHash,
    platform_role: user.platformRole,
    created_at: user.createdAt,
    updated_at: user.createdAt,
  }
}

/** The membership that a row holds. */
export function toMembership(row: Row<'tenantry_membership'>): Membership {
  return { accountId: row.account_id, userId: row.user_id, role: row.role, createdAt: moment(row.created_at) }
}
