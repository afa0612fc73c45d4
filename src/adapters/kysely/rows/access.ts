import type { AccountAccess } from '../../../ports/store/access.js'
import { selection, together } from '../selections.js'
import type { Row } from '../tables.js'
import { type GateColumns, gateAccountSelection, toAccount } from './account.js'
import { apiKeySelection } from './api-key.js'
import { type PlanColumns, planSelection, toPlan } from './plan.js'
import { subscriptionSelection, toSubscription } from './subscription.js'
import { userSelection } from './user.js'

const sessionSelection = selection<Pick<Row<'tenantry_session'>, 'expires_at' | 'revoked_at'>>('session', {
  expires_at: 'moment',
  revoked_at: 'moment',
})
const membershipSelection = selection<Pick<Row<'tenantry_membership'>, 'role'>>('membership', { role: 'plain' })

const account = { account: gateAccountSelection }
const paid = { plan: planSelection, subscription: subscriptionSelection }

/** What the gate reads about an account. */
export const accountTogether = together(account, paid)
/** What the gate reads about a person. */
export const userTogether = together({ user: userSelection }, { ...account, ...paid })
/** What the gate reads about a session. */
export const sessionTogether = together(
  { session: sessionSelection, user: userSelection },
  { membership: membershipSelection, ...account, ...paid },
)
/** What the gate reads about a key. */
export const apiKeyTogether = together({ apiKey: apiKeySelection, ...account }, { owner: userSelection, ...paid })

/** The rows of an account, its plan and its subscription. */
export interface AccountRows {
  readonly account: GateColumns
  readonly plan: PlanColumns | null
  readonly subscription: Row<'tenantry_subscription'> | null
}

/** The account, its plan and its subscription from their rows. */
export const toAccountAccess = ({ account, plan, subscription }: AccountRows): AccountAccess => ({
  account: toAccount(account, plan && toPlan(plan)),
  subscription: subscription && toSubscription(subscription),
})

/** {@link toAccountAccess}, where an outer join may have found no account. */
export const toOptionalAccess = ({ account, plan, subscription }: PerhapsAccountRows): AccountAccess | null =>
  account && toAccountAccess({ account, plan, subscription })

type PerhapsAccountRows = Omit<AccountRows, 'account'> & { readonly account: GateColumns | null }
