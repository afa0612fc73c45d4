import { type AccessDecision, type AccessOptions, type AccessState, decideAccess } from '../../domain/access.js'
import { type Account, accountStatuses } from '../../domain/account.js'
import type { Plan } from '../../domain/plan.js'
import type { Subscription } from '../../domain/subscription.js'
import type { User } from '../../domain/user.js'
import { refusalMessage } from '../../refusal-messages.js'
import type { Context } from '../context.js'
import { inForce } from '../plans/pending-plan.js'
import { id } from '../schemas.js'

/** Whom the gate is asked about: by id, or as objects at hand, which are judged as they are. */
export type AccessSubject =
  | { readonly accountId: string }
  | { readonly userId: string }
  | (Pick<Account, 'status'> & { readonly plan: Plan | null; readonly subscription?: Subscription | null })
  | (Partial<User> & { readonly account: (Account & { readonly subscription?: Subscription | null }) | null })

/** See {@link Tenantry.validateAccountAndPlan}. */
export async function validateAccountAndPlan(context: Context, subject: AccessSubject): Promise<AccessDecision> {
  const now = context.clock()
  const judge = (state: AccessState): AccessDecision => decideAccess(state, now, accessOptions(context))
  const asked = ask(subject, judge)
  if ('ok' in asked) return asked
  const found = 'accountId' in asked ? await findAccount(context, asked.accountId, now) : await findUser(context, asked.userId, now)
  return 'code' in found ? refuse(found.code) : judge(found)
}

/** The host's choices as the rule wants them. */
export const accessOptions = ({ settings: { billing, access } }: Context): AccessOptions => ({
  pricingUrl: billing.pricingUrl,
  supportContact: billing.supportContact,
  graceDays: billing.graceDays,
  access,
})

type Judge = (state: AccessState) => AccessDecision
type Asked = AccessDecision | { readonly accountId: string } | { readonly userId: string }

/** Judges objects at hand, and tells ids apart. Getters and proxies may throw: they are no subject. */
function ask(subject: unknown, judge: Judge): Asked {
  try {
    return askFields(subject, judge)
  } catch {
    return refuse('invalid_subject')
  }
}

function askFields(subject: unknown, judge: Judge): Asked {
  if (typeof subject !== 'object' || subject === null || Array.isArray(subject)) return refuse('invalid_subject')
  // Only what is the subject's own: what is left out must not come from a prototype that somebody polluted.
  const fields: Record<string, unknown> = Object.assign(Object.create(null), subject)
  if (isAccount(fields)) return judge(stateOf(fields))
  if ('account' in fields) return askOwner(fields['account'], judge)
  const { accountId, userId, email } = fields
  if (typeof accountId === 'string') return { accountId }
  if (typeof userId === 'string') return { userId }
  return typeof email === 'string' ? judge({ account: null }) : refuse('invalid_subject')
}

function askOwner(account: unknown, judge: Judge): AccessDecision {
  if (account === null || account === undefined) return judge({ account: null })
  return judge(stateOf(account as Record<string, unknown>))
}

const isAccount = (fields: Record<string, unknown>): boolean => accountStatuses.some((status) => status === fields['status'])

// An object of the host's that has an account's status is taken for one: whoever passes it vouches for it.
const stateOf = (account: Record<string, unknown>): AccessState => ({
  account: account as unknown as Account,
  plan: account['plan'] as Plan | null | undefined,
  subscription: account['subscription'] as Subscription | null | undefined,
})

type Unknown = { readonly code: 'account_not_found' | 'user_not_found' }

/** What is no id is nobody's. */
const isId = (text: string): boolean => id.safeParse(text).success

async function findAccount({ store, access }: Context, accountId: string, now: Date): Promise<AccessState | Unknown> {
  const found = isId(accountId) ? await access.findAccountAccess(accountId, now) : null
  return found === null ? { code: 'account_not_found' } : inForce(store, found, now)
}

async function findUser({ store, access }: Context, userId: string, now: Date): Promise<AccessState | Unknown> {
  const found = isId(userId) ? await access.findUserAccess(userId, now) : null
  if (found === null) return { code: 'user_not_found' }
  return found.access === null ? { account: null } : inForce(store, found.access, now)
}

function refuse(code: Unknown['code'] | 'invalid_subject'): AccessDecision {
  if (code === 'invalid_subject') return { ok: false, code, status: 400, message: refusalMessage(code, {}) }
  if (code === 'user_not_found') return { ok: false, code, status: 404, message: refusalMessage(code, { userId: '' }) }
  return { ok: false, code, status: 404, message: refusalMessage(code, { accountId: '' }) }
}
