import type { Account, RegisterTrialInput, User } from 'tenantry'
import type { App } from '../app.js'
import { succeeded } from '../http/answers.js'
import { invalidInput, readBody } from '../http/body.js'
import { credentialOf, noSessionCookie, sessionCookie, sessionOf } from '../http/credential.js'
import type { Answer, HttpRequest, Route } from '../http/exchange.js'
import { refused, throttled } from '../http/guards.js'
import { accountView, subscriptionView, userView } from './views.js'

/** Signs a customer up. */
export const signUp = throttled('auth', register)

/** Sign-up, sign-in, sign-out, and who is signed in. */
export const authRoutes: Route[] = [
  { access: 'anyone', method: 'POST', path: '/api/v1/auth/register', handle: signUp },
  { access: 'anyone', method: 'POST', path: '/api/v1/auth/login', handle: throttled('auth', login) },
  { access: 'anyone', method: 'POST', path: '/api/v1/auth/logout', handle: throttled('auth', logout) },
  { access: 'anyone', method: 'GET', path: '/api/v1/auth/me', handle: me },
]

type SignUp = Pick<RegisterTrialInput, 'email' | 'password' | 'firstName' | 'lastName'> & { passwordConfirm: string }

const signUpFields = {
  email: 'email',
  password: 'password',
  password_confirm: 'passwordConfirm',
  first_name: 'firstName',
  last_name: 'lastName',
} as const

async function register(app: App, request: HttpRequest): Promise<Answer> {
  const { passwordConfirm, ...person } = readBody<SignUp>(request, signUpFields)
  if (typeof person.password !== 'string') throw invalidInput('password', 'is required (string)')
  if (passwordConfirm !== person.password) throw invalidInput('passwordConfirm', 'must be the same as the password')
  const registered = await app.tenantry.registerTrial({ ...person, ip: request.ip })
  return signedIn(request, { ...registered, credits: registered.account.credits }, 201)
}

async function login(app: App, request: HttpRequest): Promise<Answer> {
  const credentials = readBody<{ email: string; password: string }>(request, { email: 'email', password: 'password' })
  const entered = await app.tenantry.login({ ...credentials, ip: request.ip })
  return signedIn(request, { ...entered, credits: await creditsOf(app, entered.account) }, 200)
}

interface SignedIn {
  readonly user: User
  readonly account: Account | null
  readonly credits: number
  readonly session: { readonly token: string; readonly expiresAt: Date }
}

/** `access` is for programs, the cookie for browsers; both are the same session. */
function signedIn(request: HttpRequest, { user, account, credits, session }: SignedIn, status: number): Answer {
  const shown = { ...userView(user), account: account && accountView(account, credits) }
  const data = { user: shown, access: session.token, expires_at: session.expiresAt }
  return succeeded(data, { status, headers: sessionCookie(session, request.isSecure) })
}

async function logout(app: App, request: HttpRequest): Promise<Answer> {
  const token = sessionOf(request)
  const { ended } = token === undefined ? { ended: false } : await app.tenantry.logout({ token })
  return succeeded({ ended }, { headers: noSessionCookie(request.isSecure) })
}

/** For administrators too, who need no account. */
export async function me(app: App, request: HttpRequest): Promise<Answer> {
  const credential = credentialOf(request)
  const decision = await app.tenantry.authorize({ credential, scope: 'api', ip: request.ip })
  if (decision.ok) {
    const { principal, account, subscription, headers } = decision
    const shown = { ...accountView(account, await creditsOf(app, account)), subscription: subscription && subscriptionView(subscription) }
    const user = principal?.user ? userView(principal.user) : null
    return succeeded({ user, account: shown }, { headers: { ...headers } })
  }
  if (decision.code !== 'account_missing') return refused(decision)
  const admin = await app.tenantry.authenticateAdmin({ credential })
  return admin.ok ? succeeded({ user: userView(admin.user), account: null }) : refused(decision)
}

const creditsOf = async ({ tenantry }: App, account: Account | null): Promise<number> =>
  account === null ? 0 : (await tenantry.creditBalance({ accountId: account.id })).balance
