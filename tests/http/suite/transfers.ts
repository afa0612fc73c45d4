import { expect, it } from 'vitest'
import { at } from './client.js'
import { password, transfer, type World } from './world.js'

/** Bank transfers. */
export function transferCases(world: () => World): void {
  it('gives the account what was paid for', async () => {
    const { ask, signUp, confirm } = world()
    const customer = await signUp()
    const answer = await confirm({ account_id: customer.accountId })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      success: true,
      message: 'Bank transfer confirmed successfully',
      data: {
        account_id: customer.accountId,
        subscription_id: expect.any(String),
        status: 'active',
        credits: 5000,
        period_start: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        period_end: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      },
    })
    const me = await ask('GET /api/v1/auth/me/', { as: customer.session })
    expect(me.body).toMatchObject({
      data: {
        account: {
          status: 'active',
          payment_method: 'bank_transfer',
          credits: 5000,
          plan: { slug: 'starter' },
          subscription: { id: at(answer, 'data.subscription_id'), status: 'active', period_end: at(answer, 'data.period_end') },
        },
      },
    })
  })

  it('answers the same confirmation with its first answer, and refuses other content under its reference', async () => {
    const { signUp, confirm } = world()
    const [customer, other] = [await signUp(), await signUp()]
    const content = { ...transfer(), account_id: customer.accountId }
    const first = await confirm(content)
    const second = await confirm({ ...content, external_payment_id: content.external_payment_id.toLowerCase() })
    expect(second).toMatchObject({ status: 200, body: first.body as object })
    const refusal = { status: 409, body: { success: false, code: 'payment_reference_conflict' } }
    expect(await confirm({ ...content, payer_name: 'Somebody else' })).toMatchObject(refusal)
    expect(await confirm({ ...content, account_id: other.accountId })).toMatchObject(refusal)
  })

  it('finds the account by the subscription, and refuses one that is another’s', async () => {
    const { signUp, confirm } = world()
    const [customer, other] = [await signUp(), await signUp()]
    const subscription_id = at(await confirm({ account_id: customer.accountId }), 'data.subscription_id')
    const prolonged = await confirm({ subscription_id })
    expect(prolonged).toMatchObject({ status: 200, body: { data: { account_id: customer.accountId, credits: 5000 + 5000 } } })
    expect(await confirm({ subscription_id, account_id: other.accountId })).toMatchObject({
      status: 404,
      body: { code: 'subscription_not_found' },
    })
  })

  it('takes several months, another currency by name only, and another amount with a reason only', async () => {
    const { signUp, confirm } = world()
    const { accountId: account_id } = await signUp()
    expect(await confirm({ account_id, amount: '30.00' })).toMatchObject({ status: 422, body: { code: 'amount_mismatch' } })
    expect(await confirm({ account_id, currency: 'EUR' })).toMatchObject({ status: 422, body: { code: 'currency_mismatch' } })
    expect(await confirm({ account_id, amount: '25', accept_amount: { reason: 'bank fee' } })).toMatchObject({ status: 200 })
    const three = await confirm({ account_id, amount: '89.97', currency: 'USD', period_months: 3 })
    expect(three).toMatchObject({ status: 200 })
    const months =
      new Date(String(at(three, 'data.period_end'))).getUTCMonth() - new Date(String(at(three, 'data.period_start'))).getUTCMonth()
    expect((months + 12) % 12).toBe(3)
  })

  it('asks for the plan where the account’s own is free', async () => {
    const { signUp, confirm } = world()
    const { accountId } = await signUp()
    const answer = await confirm({ account_id: accountId, plan_slug: undefined })
    expect(answer).toMatchObject({ status: 422, body: { code: 'amount_mismatch', error: expect.stringContaining('planSlug') } })
  })

  it('says to send an amount as text where a number came', async () => {
    const { signUp, confirm } = world()
    const { accountId } = await signUp()
    const answer = await confirm({ account_id: accountId, amount: 29.99 })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_input', error: expect.stringContaining('send it as a string') } })
  })

  it.each([
    ['no account', { account_id: undefined }],
    ['an account that is no id', { account_id: 7 }],
    ['an amount with a sign', { amount: '-29.99' }],
    ['an amount in words', { amount: 'a lot' }],
    ['a proof that is not https', { proof_url: 'http://bank.example/' }],
    ['a proof that is a script', { proof_url: 'javascript:alert(1)' }],
    ['a proof with a password in it', { proof_url: 'https://a:b@bank.example/' }],
    ['no months', { period_months: 0 }],
    ['too many months', { period_months: 37 }],
    ['months in words', { period_months: '1' }],
    ['no payer', { payer_name: '' }],
    ['a reason with more beside it', { accept_amount: { reason: 'x', by: 'me' } }],
    ['an actor', { actor: { type: 'admin', id: 'me' } }],
  ])('refuses %s', async (_what, content) => {
    const { signUp, confirm } = world()
    const { accountId } = await signUp()
    const answer = await confirm({ account_id: accountId, ...content })
    expect(answer).toMatchObject({ status: 400, body: { success: false, code: 'invalid_input' } })
  })

  it.each([
    ['account_not_found', { account_id: 'unknown' }],
    ['subscription_not_found', { subscription_id: 'unknown' }],
  ])('answers %s', async (code, content) => {
    expect(await world().confirm(content)).toMatchObject({ status: 404, body: { success: false, code } })
  })

  it('answers plan_not_found', async () => {
    const { signUp, confirm } = world()
    const { accountId } = await signUp()
    expect(await confirm({ account_id: accountId, plan_slug: 'unknown' })).toMatchObject({ status: 404, body: { code: 'plan_not_found' } })
  })

  it('lets no administrator confirm the payment of their own account', async () => {
    const { ask, signUp, confirm, server } = world()
    const customer = await signUp()
    const itself = { type: 'system', id: 'tests' } as const
    await server.app.tenantry.createAdmin({ email: customer.email, password, promote: true }, itself)
    const signedIn = await ask('POST /api/v1/auth/login/', { json: { email: customer.email, password } })
    const session = String(at(signedIn, 'data.access'))
    expect(await confirm({ account_id: customer.accountId }, session)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    const other = await signUp()
    expect(await confirm({ account_id: other.accountId }, session)).toMatchObject({ status: 200 })
  })
}
