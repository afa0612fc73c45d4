import { z } from 'zod'
import type { Account } from '../../domain/account.js'
import { canonicalEmail } from '../../domain/email.js'
import type { Subscription } from '../../domain/subscription.js'
import { TenantryError } from '../../errors.js'
import type { AccountAccess } from '../../ports/store/access.js'
import type { Context } from '../context.js'
import { invalidInput, parseInput } from '../parse-input.js'
import { inForce } from '../plans/pending-plan.js'
import { id } from '../schemas.js'

const Input = z.strictObject({
  accountId: id.optional(),
  /** The e-mail of a member, in any spelling. */
  email: z.string().max(320).optional(),
})

/** What `getAccount` takes: exactly one of the two. */
export type GetAccountInput = z.input<typeof Input>
/** What `getAccount` answers. */
export interface GetAccountResult {
  readonly account: Account
  readonly subscription: Subscription | null
}

/** See {@link Tenantry.getAccount}. */
export async function getAccount(context: Context, input: GetAccountInput): Promise<GetAccountResult> {
  const { accountId, email } = parseInput(Input, input)
  if ((accountId === undefined) === (email === undefined)) {
    throw invalidInput([{ path: 'accountId', message: 'pass either accountId or email' }])
  }
  const access = accountId === undefined ? await findByEmail(context, email ?? '') : await context.store.findAccountAccess(accountId)
  if (access === null) throw new TenantryError('account_not_found', { accountId: accountId ?? '' })
  return inForce(context.store, access, context.clock())
}

async function findByEmail({ store }: Context, email: string): Promise<AccountAccess | null> {
  const found = await store.findUserByEmail(canonicalEmail(email) ?? '')
  return found === null ? null : ((await store.findUserAccess(found.user.id))?.access ?? null)
}
