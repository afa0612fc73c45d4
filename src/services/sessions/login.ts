import { z } from 'zod'
import { type Account, isSuspendedForPayment } from '../../domain/account.js'
import { canonicalEmail } from '../../domain/email.js'
import type { Plan } from '../../domain/plan.js'
import type { Session } from '../../domain/session.js'
import type { User } from '../../domain/user.js'
import { TenantryError } from '../../errors.js'
import type { AccountAccess } from '../../ports/store/access.js'
import type { StoredSignIn } from '../../ports/store/sign-ins.js'
import type { StoredUser } from '../../ports/store/users.js'
import type { Context } from '../context.js'
import { parseInput } from '../parse-input.js'
import { inForce } from '../plans/pending-plan.js'
import { isKnown, rememberAddress } from './known-addresses.js'
import { couldBePassword } from './password-input.js'
import { openSession } from './session.js'
import { admitSignIn, type Guess, trySignIn } from './sign-in-protection.js'

const Input = z.strictObject({
  email: z.string().max(1000),
  password: z.string().max(1000),
  /** The client's address, of which guesses are counted; see {@link clientKey}. */
  ip: z.string().max(200).nullish(),
})

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
  const { email, password, ip } = parseInput(Input, input)
  const address = canonicalEmail(email) ?? ''
  return admitSignIn(context, { email: address, ip }, (guess) => signIn(context, guess, { address, password }))
}

/** A password that is changed while it is compared must not let anybody in once more: whoever gave it is then compared with the new one. */
async function signIn(context: Context, guess: Guess, given: { address: string; password: string }): Promise<LoginResult> {
  const entrant = await findEntrant(context, guess, given)
  if (entrant === null) throw new TenantryError('invalid_credentials', {})
  const verifier = await presentVerifier(context, entrant.from, given.password)
  return (await enter(context, guess, { ...entrant, verifier })) ?? signIn(context, guess, given)
}

/** Somebody who has proved who they are, and the account they may enter. */
interface Entrant {
  readonly stored: StoredSignIn
  readonly access: AccountAccess | null
  /** The verifier of their password. */
  readonly from: string
}

/** The same work for everybody: two questions, one try, one comparison. */
async function findEntrant(
  context: Context,
  guess: Guess,
  { address, password }: { address: string; password: string },
): Promise<Entrant | null> {
  const stored = await context.store.findSignIn(address)
  const found = await context.store.findUserAccess(stored?.user.id ?? '')
  const access = found?.access ?? null
  return trySignIn(context, guess, {
    isKnownAddress: isKnown(context, stored, guess.client),
    compare: async () => {
      const matches = await comparePassword(context, stored, password)
      const from = stored?.passwordHash ?? null
      return matches && stored !== null && from !== null && maySignIn(stored.user, access?.account ?? null)
        ? { stored, access, from }
        : null
    },
  })
}

/**
 * Opens a session, unless the password has become another: `null`. The verifier is written also where it stays the same, for that holds the
 * person's row: a change of the password comes before, or waits and then ends this session with the others.
 */
async function enter(
  context: Context,
  { client }: Guess,
  { stored, access, from, verifier }: Entrant & { verifier: string },
): Promise<LoginResult | null> {
  const { user } = stored
  const now = context.clock()
  return context.store.transaction(async (tx) => {
    const isPresent = await tx.setPasswordHash({ userId: user.id, from, to: verifier, at: now })
    if (!isPresent) return null
    await rememberAddress(context, tx, { ...stored, verifier, client })
    const account = access && (await inForce(tx, access, now)).account
    const session = await openSession(context, tx, { userId: user.id, accountId: account?.id ?? null, now })
    return { user, account, plan: account?.plan ?? null, session }
  })
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

/** The verifier to be kept: a new one for one of an older scheme or cost, now that the password is at hand. */
async function presentVerifier({ passwords }: Context, verifier: string, password: string): Promise<string> {
  return passwords.isOutdated(verifier) ? passwords.hash(password) : verifier
}
