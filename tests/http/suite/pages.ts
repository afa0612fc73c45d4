import { expect, it } from 'vitest'
import { textAt } from './client.js'
import { newKey, password, registration, type World } from './world.js'

/** The pages, as a browser without scripts receives them. */
export function pageCases(world: () => World): void {
  const html = { accept: 'text/html' }

  it.each(['/signup', '/login', '/pricing'])('serves %s to anybody, with scripts and styles from here alone', async (path) => {
    const answer = await world().ask(`GET ${path}`, { headers: html })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(answer.body).not.toMatch(/<script(?![^>]+src=)|\son\w+=|\sstyle=/i)
  })

  it('asks for a name, an e-mail and a password at sign-up, and for no plan', async () => {
    const { body } = await world().ask('GET /signup')
    expect(body).toContain('<h1>Start Your Free Trial</h1>')
    expect(body).toContain('No credit card required. 2,000 AI credits')
    expect([...String(body).matchAll(/<input[^>]+name="(\w+)"/g)].map(([, name]) => name)).toEqual(['name', 'email', 'password'])
    expect(body).not.toMatch(/\bplans?\b|pricing/i)
    expect(body).toContain('method="post"') // without scripts the password must not go into the address
  })

  it('serves what the pages need', async () => {
    const { ask } = world()
    const pages = await Promise.all(['/signup', '/login', '/pricing'].map((path) => ask(`GET ${path}`)))
    const files = new Set(
      pages.flatMap(({ body }) => [...String(body).matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path)),
    )
    expect(files.size).toBeGreaterThan(3)
    for (const path of files) {
      const { status, headers } = await ask(`GET ${path}`)
      expect(status).toBe(200)
      expect(headers.get('content-type')).toMatch(/^(text\/css|text\/javascript|image\/svg\+xml)/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
  })

  it('sends somebody who is not signed in to sign in', async () => {
    const { ask } = world()
    expect(await ask('GET /')).toMatchObject({ status: 303 })
    for (const path of ['/sites', '/admin/transfers']) {
      const answer = await ask(`GET ${path}`)
      expect(answer.status).toBe(303)
      expect(answer.headers.get('location')).toBe('/login')
    }
  })

  it('opens to no API key, whoever owns it and however their account stands', async () => {
    const { ask, signUp, apiKeyOf, admin } = world()
    const customer = await signUp()
    const { secret } = await apiKeyOf(customer)
    const expectClosed = async () => {
      for (const how of [{ as: secret }, { headers: { 'X-API-Key': secret } }, { headers: { cookie: `tenantry_session=${secret}` } }]) {
        for (const path of ['/sites', '/admin/transfers']) {
          const answer = await ask(`GET ${path}`, how)
          expect(answer).toMatchObject({ status: 303, body: '' })
          expect(answer.headers.get('location')).toBe('/login')
        }
      }
    }
    await expectClosed()
    await ask(`POST /api/v1/admin/accounts/${customer.accountId}/suspend/`, { as: admin, json: { reason: 'x' } })
    await expectClosed()
  })

  it('keeps characters that turn the direction of text within what their author wrote', async () => {
    const { ask, confirm, admin } = world()
    const turned = '\u202eecila'
    const json = registration('turned@example.com', { first_name: turned, last_name: 'L' })
    const signedUp = await ask('POST /api/v1/auth/register/', { json })
    const as = textAt(signedUp, 'data.access')
    await ask('POST /api/v1/credits/spend/', { as, headers: newKey(), json: { amount: 10, operation: `${turned}.x` } })
    const sites = await ask('GET /sites', { as })
    await confirm({ account_id: textAt(signedUp, 'data.user.account.id'), payer_name: `${turned} P`, external_payment_id: `${turned}-1` })
    const transfers = await ask('GET /admin/transfers', { as: admin })
    for (const [{ status, body }, count] of [
      [sites, 3],
      [transfers, 3],
    ] as const) {
      expect(status).toBe(200)
      const all = String(body).split('\u202e').length - 1
      const isolated = String(body).match(/<bdi>\u202e[^<]*<\/bdi>/g) ?? []
      expect([all, isolated.length]).toEqual([count, count])
    }
  })

  it('shows a customer how their account stands, and escapes what they wrote', async () => {
    const { ask, signUp } = world()
    const nasty = '<img src=x onerror=alert(1)>'
    const json = registration('nasty@example.com', { first_name: nasty, last_name: '"&\'' })
    const signedUp = await ask('POST /api/v1/auth/register/', { json })
    const cookie = signedUp.headers.get('set-cookie')?.split(';')[0] ?? ''
    const spend = { headers: { cookie, ...newKey() }, json: { amount: 10, operation: nasty } }
    await ask('POST /api/v1/credits/spend/', spend)
    const { status, body } = await ask('GET /sites', { headers: { cookie } })
    expect(status).toBe(200)
    for (const text of ['Free Trial', '1,990', 'Trial ends', '10 credits in 30 days, by operation', '&lt;img src=x onerror=alert(1)&gt;']) {
      expect(body).toContain(text)
    }
    expect(body).toContain('&quot;&amp;&#39;')
    expect(body).not.toContain('<img src=x')
    expect(body).not.toMatch(/\sstyle=|<style|\son\w+="/i) // the charts need no rule of the policy to be loosened
    expect(body).toContain('ends at 1,990 credits, after 2 changes; the lowest is 0, the highest 2,000.</desc>')
    const { session } = await signUp()
    expect((await ask('GET /admin/transfers', { as: session })).status).toBe(403)
  })

  it('tells a suspended customer so, instead of showing the page', async () => {
    const { ask, signUp, admin } = world()
    const { session, accountId } = await signUp()
    await ask(`POST /api/v1/admin/accounts/${accountId}/suspend/`, { as: admin, json: { reason: 'x' } })
    const { status, body } = await ask('GET /sites', { as: session })
    expect(status).toBe(403)
    expect(body).toContain('Account is suspended. Please contact support.')
  })

  it('shows an administrator the confirmed transfers, with links that lead out safely', async () => {
    const { ask, signUp, confirm, admin } = world()
    const customer = await signUp()
    await confirm({ account_id: customer.accountId, proof_url: 'https://bank.example/a?b="onmouseover=x', payer_name: '<b>Ada</b>' })
    const { status, body } = await ask('GET /admin/transfers', { as: admin })
    expect(status).toBe(200)
    expect(body).toContain('href="https://bank.example/a?b=&quot;onmouseover=x" rel="noopener noreferrer nofollow"')
    expect(body).toContain('&lt;b&gt;Ada&lt;/b&gt;')
    expect((await ask('GET /sites', { as: admin })).headers.get('location')).toBe('/admin/transfers')
  })

  it('shows people a page where there is nothing, and programs JSON', async () => {
    const { ask } = world()
    const page = await ask('GET /nothing', { headers: html })
    expect(page).toMatchObject({ status: 404, body: expect.stringContaining('There is nothing here.') })
    expect(await ask('GET /api/v1/nothing', { headers: html })).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })

  it('signs in by e-mail in any spelling', async () => {
    const { ask, signUp } = world()
    const { email } = await signUp()
    expect(await ask('POST /api/v1/auth/login/', { json: { email: email.toUpperCase(), password } })).toMatchObject({ status: 200 })
  })
}
