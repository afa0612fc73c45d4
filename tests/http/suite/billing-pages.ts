import { expect, it } from 'vitest'
import { type Answered, textAt } from './client.js'
import { type Customer, registration, type World } from './world.js'

const nasty = '<img src=x onerror=alert(1)>"\u202e'

/** The pages on which a customer pays and an administrator decides, as a browser without scripts sends and receives them. */
export function billingPageCases(world: () => World): void {
  const html = { accept: 'text/html' }
  const open = (path: string, as: string) => world().ask(`GET ${path}`, { as, headers: html })
  const bodyOf = ({ body }: Answered): string => String(body)
  const tokenOf = async (path: string, as: string) => /name="form_token" value="([^"]+)"/.exec(bodyOf(await open(path, as)))?.[1] ?? ''
  const post = (path: string, as: string, fields: Record<string, string>) =>
    world().ask(`POST ${path}`, {
      as,
      headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' },
      raw: new URLSearchParams(fields).toString(),
    })
  const fill = async (page: string, path: string, as: string, fields: Record<string, string> = {}) =>
    post(path, as, { form_token: await tokenOf(page, as), ...fields })

  async function asked(customer: Customer) {
    const answer = await fill('/plans', '/plans', customer.session, { plan_slug: 'starter', period_months: '3' })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/plans#pay'])
    const { items } = await world().server.app.tenantry.listPayments({ accountId: customer.accountId, limit: 1 })
    return items[0]?.id ?? ''
  }
  const sent = (session: string, id: string, more: object = {}) =>
    fill('/plans', `/billing/payments/${id}/submit`, session, { external_payment_id: `SEPA ${id}`, payer_name: 'Ada', ...more })
  const decide = (as: string, id: string, what: 'confirm' | 'reject', fields: Record<string, string>) =>
    fill('/admin/transfers', `/admin/transfers/${id}/${what}`, as, fields)

  it('show how to pay, take that it is sent, and tell what became of it', async () => {
    const { signUp, admin } = world()
    const customer = await signUp()
    const { session, accountId: account_id } = customer
    const id = await asked(customer)
    const plans = bodyOf(await open('/plans', session))
    for (const text of ['89.97 USD', 'DE02 1203 0000 0000 2020 51', 'Due by', 'Starter for 3 months']) expect(plans).toContain(text)
    expect(plans).toMatch(/RF\d\d [A-Z]{4} [A-Z]{4}/)
    expect(plans).not.toMatch(/<script(?![^>]+src=)|\son\w+=|\sstyle=/i)

    const done = await sent(session, id)
    expect([done.status, done.headers.get('location')]).toEqual([303, '/billing?done=submitted'])
    expect(bodyOf(await open('/billing?done=submitted', session))).toMatch(/Thank you[\s\S]*Being checked/)
    const rejected = await decide(admin, id, 'reject', { account_id, reason: nasty })
    expect(rejected.status).toBe(303)
    const outcome = bodyOf(await open(rejected.headers.get('location') ?? '', admin))
    expect(outcome).toContain('Rejected by you')
    const billing = bodyOf(await open('/billing', session))
    expect(billing).toContain('Why: <bdi>&lt;img src=x onerror=alert(1)&gt;&quot;\u202e</bdi>')
    expect(billing).toContain('Submit again')

    expect((await sent(session, id)).status).toBe(303)
    const came = { account_id, amount: '89.97', external_payment_id: `SEPA ${id}`, payer_name: 'Ada' }
    expect((await decide(admin, id, 'confirm', came)).status).toBe(303)
    const paid = bodyOf(await open('/billing', session))
    for (const text of ['Paid until', '5,000 on', 'href="/billing/receipts/', 'Credits over time', 'Cancel the subscription']) {
      expect(paid).toContain(text)
    }
  })

  it('take a form only from a page of the same session', async () => {
    const { ask, signUp } = world()
    const [customer, other] = [await signUp(), await signUp()]
    const fields = { plan_slug: 'starter', period_months: '1' }
    const foreign = await tokenOf('/plans', other.session)
    for (const token of [{}, { form_token: '' }, { form_token: 'x' }, { form_token: foreign }]) {
      expect(await post('/plans', customer.session, { ...fields, ...token })).toMatchObject({ status: 403 })
    }
    const headers = { cookie: `tenantry_session=${customer.session}`, 'content-type': 'application/x-www-form-urlencoded' }
    const raw = new URLSearchParams({ ...fields, form_token: await tokenOf('/plans', customer.session) }).toString()
    const crossSite = await ask('POST /plans', { headers: { ...headers, 'sec-fetch-site': 'cross-site' }, raw })
    expect([crossSite.status, crossSite.headers.get('location')]).toEqual([303, '/login'])
    expect(bodyOf(await open('/plans', customer.session))).toContain('Choose a plan')
    expect((await ask('POST /plans', { headers, raw })).headers.get('location')).toBe('/plans#pay')
  })

  it('refuse what is no form of theirs', async () => {
    const { ask, signUp } = world()
    const { session: as } = await signUp()
    const form_token = await tokenOf('/plans', as)
    expect(await ask('POST /plans', { as, json: { form_token } })).toMatchObject({ status: 400 })
    expect(await ask('POST /plans', { as })).toMatchObject({ status: 400 })
    expect(await post('/plans', as, { form_token, plan_slug: 'starter', account_id: 'x' })).toMatchObject({ status: 400 })
    const twice = {
      as,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      raw: `form_token=${form_token}&plan_slug=a&plan_slug=b`,
    }
    expect(await ask('POST /plans', twice)).toMatchObject({ status: 400 })
    expect(await ask('POST /plans', { ...twice, raw: new Uint8Array([0xff]) })).toMatchObject({ status: 400 })
  })

  it('show what is wrong beside the field, with what was written', async () => {
    const customer = await world().signUp()
    const months = await fill('/plans', '/plans', customer.session, { plan_slug: 'starter', period_months: '99' })
    expect(months.status).toBe(400)
    expect(bodyOf(months)).toMatch(/role="alert"[\s\S]*value="99" aria-invalid="true"/)
    expect(await fill('/plans', '/plans', customer.session, { plan_slug: nasty, period_months: '1' })).toMatchObject({ status: 400 })
    const id = await asked(customer)
    const proof = await sent(customer.session, id, { proof_url: `javascript:${nasty}` })
    expect(proof.status).toBe(400)
    expect(bodyOf(proof)).toContain('value="javascript:&lt;img')
    expect(bodyOf(proof)).toMatch(/id="sent-[^"]+-proof_url-error">Must be an https address/)
  })

  it('show hostile names and proofs as text, and follow no proof', async () => {
    const { ask, admin } = world()
    const signedUp = await ask('POST /api/v1/auth/register/', { json: registration(`${Math.random()}@example.com`, { first_name: nasty }) })
    const [session, accountId] = [textAt(signedUp, 'data.access'), textAt(signedUp, 'data.user.account.id')]
    const id = await asked({ session, accountId, email: '', userId: '' })
    const proof_url = 'https://bank.example/a?b="onmouseover=x&c=<b>'
    expect((await sent(session, id, { payer_name: nasty, proof_url })).status).toBe(303)
    for (const page of [await open('/admin/transfers', admin), await open('/billing', session)]) {
      const body = bodyOf(page)
      expect(body).not.toContain('<img src=x')
      expect(body).not.toContain('"onmouseover')
      expect(body).toContain('Proof on <bdi>bank.example</bdi>')
      expect(body).toMatch(/href="https:\/\/bank\.example[^"]*" rel="noopener noreferrer nofollow" target="_blank"/)
      expect(body.split('\u202e').length - 1).toBe((body.match(/<bdi>[^<]*\u202e[^<]*<\/bdi>|value="[^"]*\u202e[^"]*"/g) ?? []).length)
    }
  })

  it('tell an administrator both figures, and take another amount with a reason', async () => {
    const { signUp, admin } = world()
    const customer = await signUp()
    const id = await asked(customer)
    const came = { account_id: customer.accountId, amount: '80', external_payment_id: `SEPA ${id}`, payer_name: 'Ada' }
    const refused = await decide(admin, id, 'confirm', came)
    expect(refused.status).toBe(422)
    expect(bodyOf(refused)).toMatch(/<details open>[\s\S]*89\.97 USD was asked for, but 80\.00 USD was named/)
    expect((await decide(admin, id, 'confirm', { ...came, accept_reason: 'bank fee' })).status).toBe(303)
  })

  it('tell the second of two administrators what the first has done', async () => {
    const { ask, signUp, admin, server } = world()
    const second = { email: `${Math.random()}@example.com`, password: 'harbour-lamp-28' }
    await server.app.tenantry.createAdmin(second, { type: 'system', id: 'tests' })
    const other = textAt(await ask('POST /api/v1/auth/login/', { json: second }), 'data.access')
    const customer = await signUp()
    const id = await asked(customer)
    const came = { account_id: customer.accountId, amount: '89.97', external_payment_id: `SEPA ${id}`, payer_name: 'Ada' }
    expect((await decide(admin, id, 'confirm', came)).status).toBe(303)
    const same = await decide(other, id, 'confirm', came)
    expect(bodyOf(await open(same.headers.get('location') ?? '', other))).toContain('Confirmed by somebody else')
    const reject = await decide(other, id, 'reject', { account_id: customer.accountId, reason: 'x' })
    expect(reject.status).toBe(409)
    expect(bodyOf(reject)).toMatch(/Confirmed by somebody else[\s\S]*The payment is already confirmed\./)
    expect((await open('/admin/transfers?decided=x&account=y', other)).status).toBe(200)
    expect((await decide(other, id, 'reject', { account_id: 'nobody', reason: 'x' })).status).toBe(409)
  })

  it('cancel and resume', async () => {
    const { signUp, confirm } = world()
    const { session, accountId } = await signUp()
    const early = await fill('/billing', '/billing/resume', session)
    expect(early.status).toBe(403) // a trial has no form on the page, and so no token
    await confirm({ account_id: accountId })
    expect((await fill('/billing', '/billing/cancel', session)).headers.get('location')).toBe('/billing?done=cancelled')
    expect(bodyOf(await open('/billing?done=cancelled', session))).toMatch(/ends with the time that is paid for[\s\S]*Do not cancel/)
    expect((await fill('/billing', '/billing/resume', session)).headers.get('location')).toBe('/billing?done=resumed')
  })

  it('are open to no stranger and no suspended customer', async () => {
    const { ask, signUp, apiKeyOf, admin } = world()
    const customer = await signUp()
    const { secret } = await apiKeyOf(customer)
    for (const path of ['/plans', '/billing']) {
      for (const as of [secret, 'nobody']) expect((await open(path, as)).headers.get('location')).toBe('/login')
      expect((await open(path, admin)).headers.get('location')).toBe('/admin/transfers')
    }
    await ask(`POST /api/v1/admin/accounts/${customer.accountId}/suspend/`, { as: admin, json: { reason: 'abuse' } })
    for (const path of ['/plans', '/billing']) expect((await open(path, customer.session)).status).toBe(403)
    expect(await post('/admin/transfers/x/confirm', customer.session, {})).toMatchObject({ status: 403 })
  })
}
