import type { AccountAccess } from '../../../ports/store/access.js'
import type { JoinedRow } from '../selections.js'
import { gateAccountSelection, toAccount } from './account.js'
import { planSelection, toPlan } from './plan.js'
import { subscriptionSelection, toSubscription } from './subscription.js'

/** The account, its plan and its subscription from a joined row; the account is known to be there. */
export function toAccountAccess(joined: JoinedRow): AccountAccess {
  const plan = planSelection.readOptional(joined)
  const subscription = subscriptionSelection.readOptional(joined)
  return {
    account: toAccount(gateAccountSelection.read(joined), plan && toPlan(plan)),
    subscription: subscription && toSubscription(subscription),
  }
}

/** {@link toAccountAccess}, where an outer join may have found no account. */
export const toOptionalAccess = (joined: JoinedRow): AccountAccess | null =>
  gateAccountSelection.readOptional(joined) === null ? null : toAccountAccess(joined)
