/** What a person may do inside one account. */
export type MemberRole = 'owner' | 'admin' | 'member'

/** A person's place in an account. */
export interface Membership {
  readonly accountId: string
  readonly userId: string
  readonly role: MemberRole
  readonly createdAt: Date
}

/** May a member with this role manage what belongs to the account, such as its API keys? */
export const managesAccount = (role: MemberRole): boolean => role === 'owner' || role === 'admin'
