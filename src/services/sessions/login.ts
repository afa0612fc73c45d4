import { z } from 'zod'
import { type Account, isSuspendedForPayment } from '../../domain/account.js'
import { canonicalEmail } from '../../domain/email.js'
import type { Plan } from '../../domain/plan.js'
import type { Session } from '../../domain/session.js'
import type { User } from '../../domain/user.js'
import { TenantryError } from '../../errors.js'
import type { StoredUser } from '../../ports/store/users.js'
import type { Context } from '../context.js'
import { parseInput } from '../parse-input.js'
import { inForce } from '../plans/pending-plan.js'
import { couldBePassword } from './password-input.js'
import { openSession } from './session.js'

const Input = z.strictObject({ email: z.string().max(1000), password: z.string().max(1000) })

/** What `login` takes. */
export type LoginInput = z.input<typeof Input>
/** What `login` answers. `account` and `plan` are `null` for an administrator of the platform without an account. */
export interface LoginResult {
  readonly user: User
  readonly account: Account | null
  readonly plan: Plan | null
  readonly session: Session
}

/** See {@link Tenantry.login}. */
export async function login(context: Context, input: LoginInput): Promise<LoginResult> {
  const { email, password } = parseInput(Input, input)
  const stored = await context.store.findUserByEmail(canonicalEmail(email) ?? '')
  const found = await context.store.findUserAccess(stored?.user.id ?? '')
  const matches = await comparePassword(context, stored, password)

  const access = found?.access ?? null
  if (!matches || stored === null || !maySignIn(stored.user, access?.account ?? null)) throw new TenantryError('invalid_credentials', {})
  const now = context.clock()
  const account = access && (await inForce(context.store, access, now)).account
  await renewVerifier(context, stored, password)
  const session = await openSession(context, context.store, {
    userId: stored.user.id,
    accountId: account?.id ?? null,
    now,
  })
  return { user: stored.user, account, plan: account?.plan ?? null, session }
}

/** Makes exactly one comparison, with a decoy where there is no verifier, and answers whether the password is the person's. */
export async function comparePassword(context: Context, stored: StoredUser | null, password: string): Promise<boolean> {
  const decoy = await context.decoyVerifier()
  const usable = couldBePassword(password)
  const matches = await context.passwords.verify(usable ? password : 'x', stored?.passwordHash ?? decoy)
  return matches && usable && stored !== null && stored.passwordHash !== null
}

/** Who has not paid may sign in, or could not pay. */
function maySignIn(user: User, account: Account | null): boolean {
  if (user.platformRole === 'admin' || account === null || isSuspendedForPayment(account)) return true
  return account.status !== 'suspended' && account.status !== 'cancelled'
}

/** Replaces a verifier of an older scheme or cost, now that the password is at hand. */
async function renewVerifier(context: Context, { user, passwordHash }: StoredUser, password: string): Promise<void> {
  if (passwordHash === null || !context.passwords.isOutdated(passwordHash)) return
  const to = await context.passwords.hash(password)
  await context.store.setPasswordHash({ userId: user.id, from: passwordHash, to, at: context.clock() })
}
