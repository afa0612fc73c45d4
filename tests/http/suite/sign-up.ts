import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { at } from './client.js'
import { administrator, password, poison, registration, type World } from './world.js'

/** Sign-up, sign-in and sign-out. */
export function signUpCases(world: () => World): void {
  const fresh = () => `${randomUUID()}@example.com`

  it('signs a customer up on the free trial, with 2,000 credits and one entry of +2000', async () => {
    const { ask } = world()
    const email = fresh()
    const answer = await ask('POST /api/v1/auth/register/', { json: registration(email.toUpperCase()) })
    expect(answer).toMatchObject({
      status: 201,
      body: {
        success: true,
        data: {
          user: {
            email,
            first_name: 'Ada',
            last_name: 'Lovelace',
            account: { name: 'Ada Lovelace', status: 'trial', credits: 2000, plan: { slug: 'free-trial', name: 'Free Trial' } },
          },
          access: expect.stringMatching(/^tnt_session_/),
        },
      },
    })
    const usage = await ask('GET /api/v1/credits/usage/', { as: String(at(answer, 'data.access')) })
    expect(at(usage, 'data.entries')).toMatchObject([{ type: 'subscription', amount: 2000, balance_after: 2000, sequence: 1 }])
  })

  it('needs nothing but e-mail and password', async () => {
    const json = { email: fresh(), password, password_confirm: password }
    expect(await world().ask('POST /api/v1/auth/register/', { json })).toMatchObject({ status: 201 })
  })

  it('gives a browser a session cookie that scripts and other sites cannot use', async () => {
    const { ask } = world()
    const answer = await ask('POST /api/v1/auth/register/', { json: registration(fresh()) })
    const cookie = answer.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/^tenantry_session=tnt_session_[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Expires=[^;]+ GMT$/)
    const pair = cookie.split(';')[0] ?? ''
    expect(await ask('GET /api/v1/auth/me/', { headers: { cookie: `other=1; ${pair}` } })).toMatchObject({ status: 200 })
    const foreign = { cookie: pair, 'sec-fetch-site': 'cross-site' }
    expect(await ask('POST /api/v1/api-keys/', { headers: foreign, json: { name: 'x' } })).toMatchObject({ status: 401 })
    const own = { cookie: pair, 'sec-fetch-site': 'same-origin' }
    expect(await ask('POST /api/v1/api-keys/', { headers: own, json: { name: 'x' } })).toMatchObject({ status: 201 })
  })

  it('marks the cookie as secure behind https', async () => {
    const headers = { 'x-forwarded-proto': 'https' }
    const answer = await world().ask('POST /api/v1/auth/login/', { headers, json: administrator })
    expect(answer.headers.get('set-cookie')).toMatch(/; Secure$/)
  })

  it('refuses an address that is registered, in any spelling', async () => {
    const { ask, signUp } = world()
    const { email } = await signUp()
    const again = await ask('POST /api/v1/auth/register/', { json: registration(` ${email.toUpperCase()} `) })
    expect(again).toMatchObject({ status: 409, body: { success: false, code: 'email_taken' } })
  })

  it.each([
    ['passwords that differ', { password_confirm: 'another-lily-77' }, 'password_confirm'],
    ['a password that is short', { password: 'short', password_confirm: 'short' }, 'password'],
    ['no password', { password: undefined, password_confirm: undefined }, 'password'],
    ['a password that is no text', { password: 12345678, password_confirm: 12345678 }, 'password'],
    ['an address that is none', { email: 'nobody' }, 'email'],
    ['a name that is no text', { first_name: 7 }, 'first_name'],
    ['a plan', { plan: 'starter' }, ''],
    ['names in another spelling', { firstName: 'Ada' }, ''],
  ])('refuses %s', async (_what, more, path) => {
    const answer = await world().ask('POST /api/v1/auth/register/', { json: registration(fresh(), more) })
    expect(answer).toMatchObject({ status: 400, body: { success: false, code: 'invalid_input', issues: [{ path }] } })
  })

  it('lets a trial account sign in and see its account', async () => {
    const { ask, signUp } = world()
    const { email, accountId } = await signUp()
    const signedIn = await ask('POST /api/v1/auth/login/', { json: { email, password } })
    const account = { id: accountId, status: 'trial', credits: 2000, plan: { slug: 'free-trial' } }
    expect(signedIn).toMatchObject({ status: 200, body: { success: true, data: { user: { email, account } } } })
    const me = await ask('GET /api/v1/auth/me/', { as: String(at(signedIn, 'data.access')) })
    expect(me).toMatchObject({ status: 200, body: { success: true, data: { user: { email }, account } } })
  })

  it('answers a wrong password and an unknown address alike', async () => {
    const { ask, signUp } = world()
    const { email } = await signUp()
    const wrong = await ask('POST /api/v1/auth/login/', { json: { email, password: 'wrong-lily-77' } })
    const unknown = await ask('POST /api/v1/auth/login/', { json: { email: fresh(), password } })
    expect(wrong).toMatchObject({ status: 401, body: { success: false, code: 'invalid_credentials' } })
    expect(unknown.body).toEqual(wrong.body)
  })

  it('shows an administrator who they are, without an account', async () => {
    const { ask, admin } = world()
    const me = await ask('GET /api/v1/auth/me/', { as: admin })
    expect(me).toMatchObject({ status: 200, body: { data: { user: { platform_role: 'admin' }, account: null } } })
  })

  it('ends a session at sign-out, once', async () => {
    const { ask, signUp } = world()
    const { session } = await signUp()
    const first = await ask('POST /api/v1/auth/logout/', { as: session })
    expect(first).toMatchObject({ status: 200, body: { success: true, data: { ended: true } } })
    expect(first.headers.get('set-cookie')).toMatch(/^tenantry_session=; .*Max-Age=0/)
    expect(await ask('POST /api/v1/auth/logout/', { as: session })).toMatchObject({ status: 200, body: { data: { ended: false } } })
    expect(await ask('POST /api/v1/auth/logout/')).toMatchObject({ status: 200, body: { data: { ended: false } } })
    expect(await ask('GET /api/v1/auth/me/', { as: session })).toMatchObject({ status: 401, body: { code: 'invalid_credential' } })
  })

  it('answers what nobody foresaw with one constant text and an id that the log knows', async () => {
    const { ask, log } = world()
    const json = registration(fresh(), { password: poison, password_confirm: poison })
    const answer = await ask('POST /api/v1/auth/register/', { json })
    expect(answer).toMatchObject({
      status: 500,
      body: {
        success: false,
        error: 'Something went wrong here. Try again; if it stays, tell support the request id.',
        code: 'internal_error',
        request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    })
    const line = log.find(({ facts }) => facts?.['requestId'] === at(answer, 'request_id'))
    expect(line?.facts?.['error']).toContain('on fire')
    expect(JSON.stringify(log)).not.toContain(poison)
  })
}
