import { expect, it } from 'vitest'
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
    for (const text of ['Free Trial', '1,990', 'Trial ends', '10 credits in 30 days', '&lt;img src=x onerror=alert(1)&gt;']) {
      expect(body).toContain(text)
    }
    expect(body).toContain('&quot;&amp;&#39;')
    expect(body).not.toContain('<img src=x')
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
