import { expect, it } from 'vitest'
import { type Answered, at, textAt } from './client.js'
import type { World } from './world.js'

/** What a customer owes, pays and sees of it, through the HTTP interface. */
export function billingCases(world: () => World): void {
  const request = (as: string, more: object = {}) =>
    world().ask('POST /api/v1/billing/request-bank-transfer/', { as, json: { plan_slug: 'starter', ...more } })
  const submit = (as: string, json: object) =>
    world().ask('POST /api/v1/billing/submit-bank-transfer/', { as, json: { external_payment_id: 'x', payer_name: 'Ada', ...json } })
  const idOf = (answer: Answered): string => textAt(answer, 'data.payment.id')

  it('leads from a request over a rejection to a receipt', async () => {
    const { ask, signUp, admin } = world()
    const { session, accountId } = await signUp()
    const asked = await request(session, { period_months: 3 })
    expect(asked).toMatchObject({
      status: 200,
      body: { data: { payment: { account_id: accountId, status: 'requested', amount: '89.97', currency: 'USD', period_months: 3 } } },
    })
    const reference = textAt(asked, 'data.payment.reference')
    expect(reference).toMatch(/^RF\d\d[A-Z]{8}$/)
    expect(at(asked, 'data.instructions')).toContain('IBAN: DE02 1203 0000 0000 2020 51')
    expect((await request(session, { period_months: 3 })).body).toEqual(asked.body)

    const payment_id = idOf(asked)
    const external_payment_id = `SEPA ${payment_id}`
    const sent = await submit(session, { payment_id, external_payment_id, proof_url: 'https://files.example/1' })
    expect(sent).toMatchObject({
      status: 200,
      body: { data: { payment: { status: 'submitted', external_payment_id, payer_name: 'Ada' } } },
    })
    const queue = await ask(`GET /api/v1/admin/payments/?status=submitted&account_id=${accountId}`, { as: admin })
    expect(queue).toMatchObject({ status: 200, body: { data: { payments: [{ id: payment_id, reference }], next: null } } })

    const reject = { as: admin, json: { payment_id, reason: 'not on our statement' } }
    expect(await ask('POST /api/v1/billing/reject-bank-transfer/', reject)).toMatchObject({ status: 200 })
    const rejected = [{ status: 'rejected', reason: 'not on our statement' }]
    expect(await ask('GET /api/v1/billing/payments/', { as: session })).toMatchObject({ body: { data: { payments: rejected } } })
    expect(await submit(session, { payment_id, external_payment_id })).toMatchObject({
      body: { data: { payment: { status: 'submitted' } } },
    })

    const came = { payment_id, external_payment_id, payer_name: 'Ada' }
    const confirm = (amount: string) => ask('POST /api/v1/billing/confirm-bank-transfer/', { as: admin, json: { ...came, amount } })
    expect(await confirm('80')).toMatchObject({ status: 422, body: { error: expect.stringMatching(/89\.97 USD.*80\.00 USD/) } })
    expect(await confirm('89.97')).toMatchObject({ status: 200, body: { data: { account_id: accountId, credits: 5000 } } })
    expect(await ask('POST /api/v1/billing/reject-bank-transfer/', reject)).toMatchObject({ status: 409, body: { code: 'payment_closed' } })

    const receipts = await ask('GET /api/v1/billing/receipts/', { as: session })
    expect(receipts).toMatchObject({ status: 200, body: { data: { receipts: [{ payment_id, amount: '89.97', period_months: 3 }] } } })
    const standing = await ask('GET /api/v1/billing/', { as: session })
    const subscription = { status: 'active', cancel_at_period_end: false, next_credits_at: expect.any(String) }
    expect(standing).toMatchObject({ body: { data: { account: { status: 'active', credits: 5000, subscription }, refusal: null } } })
  })

  it('confirms by the reference that stands on the statement', async () => {
    const { ask, signUp, admin } = world()
    const { session, accountId } = await signUp()
    const reference = textAt(await request(session), 'data.payment.reference')
      .replace(/(.{4})/g, '$1 ')
      .toLowerCase()
    const json = { reference, external_payment_id: `by ${reference}`, amount: '29.99', payer_name: 'Ada' }
    const answer = await ask('POST /api/v1/billing/confirm-bank-transfer/', { as: admin, json })
    expect(answer).toMatchObject({ status: 200, body: { data: { account_id: accountId, status: 'active' } } })
  })

  it('cancels at the end of the period and takes it back', async () => {
    const { ask, signUp, confirm } = world()
    const { session, accountId } = await signUp()
    await confirm({ account_id: accountId })
    const cancelled = await ask('POST /api/v1/billing/cancel-subscription/', { as: session })
    expect(cancelled).toMatchObject({ status: 200, body: { data: { subscription: { status: 'active', cancel_at_period_end: true } } } })
    const resumed = await ask('POST /api/v1/billing/resume-subscription/', { as: session })
    expect(resumed).toMatchObject({ status: 200, body: { data: { subscription: { cancel_at_period_end: false } } } })
    const now = await ask('POST /api/v1/billing/cancel-subscription/', { as: session, json: { when: 'now' } })
    expect(now).toMatchObject({ status: 200, body: { data: { subscription: { status: 'canceled' } } } })
    expect(await ask('POST /api/v1/billing/cancel-subscription/', { as: session, json: { when: 'soon' } })).toMatchObject({ status: 400 })
  })

  const calls = [
    ['GET', 'billing', undefined],
    ['GET', 'billing/payments', undefined],
    ['GET', 'billing/receipts', undefined],
    ['POST', 'billing/request-bank-transfer', { plan_slug: 'starter' }],
    ['POST', 'billing/submit-bank-transfer', { payment_id: 'x', external_payment_id: 'x', payer_name: 'x' }],
    ['POST', 'billing/cancel-subscription', {}],
    ['POST', 'billing/resume-subscription', {}],
  ] as const

  it.each(calls)('is for people who manage the account: %s %s', async (method, path, json) => {
    const { ask, signUp, apiKeyOf, admin } = world()
    const customer = await signUp()
    const { secret } = await apiKeyOf(customer)
    const call = (as?: string) =>
      ask(`${method} /api/v1/${path}/`, { ...(as !== undefined && { as }), ...(json !== undefined && { json }) })
    expect(await call()).toMatchObject({ status: 401, body: { code: 'invalid_credential' } })
    expect(await call(secret)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await call(admin)).toMatchObject({ status: 403, body: { code: 'account_missing' } })
    await ask(`POST /api/v1/admin/accounts/${customer.accountId}/suspend/`, { as: admin, json: { reason: 'abuse' } })
    expect(await call(customer.session)).toMatchObject({ status: 403, body: { code: 'account_suspended' } })
  })

  it.each([
    ['GET', 'admin/payments', undefined],
    ['POST', 'billing/reject-bank-transfer', { payment_id: 'x', reason: 'x' }],
  ] as const)('is for administrators: %s %s', async (method, path, json) => {
    const { ask, signUp } = world()
    const { session } = await signUp()
    const call = (as?: string) =>
      ask(`${method} /api/v1/${path}/`, { ...(as !== undefined && { as }), ...(json !== undefined && { json }) })
    expect(await call()).toMatchObject({ status: 401 })
    expect(await call(session)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })

  it('answers for the transfer of somebody else as for one that is not there', async () => {
    const { signUp } = world()
    const [customer, stranger] = [await signUp(), await signUp()]
    const payment_id = idOf(await request(customer.session))
    const foreign = await submit(stranger.session, { payment_id })
    expect(foreign).toMatchObject({ status: 404, body: { code: 'payment_not_found' } })
    expect((await submit(stranger.session, { payment_id: 'nothing' })).body).toEqual(foreign.body)
  })

  it.each([
    ['an unknown plan', { plan_slug: 'unknown' }, 404, 'plan_not_found'],
    ['a free plan', { plan_slug: 'free-trial' }, 400, 'invalid_input'],
    ['too many months', { period_months: 37 }, 400, 'invalid_input'],
    ['months in words', { period_months: '1' }, 400, 'invalid_input'],
    ['another currency', { currency: 'EUR' }, 422, 'currency_mismatch'],
    ['an account', { account_id: 'x' }, 400, 'invalid_input'],
  ])('refuses a request for %s', async (_what, more, status, code) => {
    const { session } = await world().signUp()
    expect(await request(session, more)).toMatchObject({ status, body: { success: false, code } })
  })

  it.each(['http://files.example/1', 'javascript:alert(1)', 'https://a:b@files.example/'])('refuses the proof %s', async (proof_url) => {
    const { session } = await world().signUp()
    const answer = await submit(session, { payment_id: idOf(await request(session)), proof_url })
    expect(answer).toMatchObject({ status: 400, body: { issues: [{ path: 'proof_url' }] } })
  })

  it('refuses a list of payments by a status that is none', async () => {
    const { ask, admin } = world()
    expect(await ask('GET /api/v1/admin/payments/?status=lost', { as: admin })).toMatchObject({ status: 400 })
  })
}
