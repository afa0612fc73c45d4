import { type AccessDecision, type AccessOptions, type AccessState, decideAccess } from '../../domain/access.js'
import { type Account, accountStatuses } from '../../domain/account.js'
import type { Plan } from '../../domain/plan.js'
import type { Subscription } from '../../domain/subscription.js'
import type { User } from '../../domain/user.js'
import { refusalMessage } from '../../refusal-messages.js'
import type { Context } from '../context.js'

/** Whom the gate is asked about: by id, or as objects at hand, which are judged as they are. */
export type AccessSubject =
  | { readonly accountId: string }
  | { readonly userId: string }
  | (Pick<Account, 'status'> & { readonly plan: Plan | null; readonly subscription?: Subscription | null })
  | (Partial<User> & { readonly account: (Account & { readonly subscription?: Subscription | null }) | null })

/**
 * The gate: may this account act now, and on which plan? The answer depends on the stored state and the clock alone. A `no` is an answer,
 * not an error; ids cost one look-up, objects none.
 */
export async function validateAccountAndPlan(context: Context, subject: AccessSubject): Promise<AccessDecision> {
  const found = await findState(context, subject)
  return 'code' in found ? refuse(found.code) : decideAccess(found, context.clock(), accessOptions(context))
}

/** The host's choices as the rule wants them. */
export const accessOptions = ({ settings }: Context): AccessOptions => settings.billing

type Unknown = { code: 'invalid_subject' | 'account_not_found' | 'user_not_found' }

async function findState({ store }: Context, subject: unknown): Promise<AccessState | Unknown> {
  if (typeof subject !== 'object' || subject === null || Array.isArray(subject)) return { code: 'invalid_subject' }
  const fields = subject as Record<string, unknown>
  if (isAccount(fields)) return stateOf(fields)
  if ('account' in fields) return userState(fields['account'])
  const { accountId, userId } = fields
  if (typeof accountId === 'string') return (await store.findAccountAccess(accountId)) ?? { code: 'account_not_found' }
  if (typeof userId === 'string') {
    const found = await store.findUserAccess(userId)
    return found === null ? { code: 'user_not_found' } : (found.access ?? { account: null })
  }
  return typeof fields['email'] === 'string' ? { account: null } : { code: 'invalid_subject' }
}

const isAccount = (fields: Record<string, unknown>): boolean => accountStatuses.some((status) => status === fields['status'])

function userState(account: unknown): AccessState | Unknown {
  if (account === null || account === undefined) return { account: null }
  if (typeof account !== 'object' || !isAccount(account as Record<string, unknown>)) return { code: 'invalid_subject' }
  return stateOf(account as Record<string, unknown>)
}

// An object of the host's that has an account's status is taken for one: whoever passes it vouches for it.
const stateOf = (account: Record<string, unknown>): AccessState => ({
  account: account as unknown as Account,
  plan: (account['plan'] ?? null) as Plan | null,
  subscription: (account['subscription'] ?? null) as Subscription | null,
})

function refuse(code: Unknown['code']): AccessDecision {
  if (code === 'invalid_subject') return { ok: false, code, status: 400, message: refusalMessage(code, {}) }
  if (code === 'user_not_found') return { ok: false, code, status: 404, message: refusalMessage(code, { userId: '' }) }
  return { ok: false, code, status: 404, message: refusalMessage(code, { accountId: '' }) }
}
