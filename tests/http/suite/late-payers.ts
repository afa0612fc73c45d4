import { expect, it } from 'vitest'
import { textAt } from './client.js'
import { administrator, days, password, type World } from './world.js'

/** Customers whose time is over: they are let in to pay, and nowhere else. Time goes on for good here. */
export function latePayerCases(world: () => World): void {
  const signIn = async (json: object) => textAt(await world().ask('POST /api/v1/auth/login/', { json }), 'data.access')

  it('lets a customer in to pay whose trial is over and whose payment is overdue', async () => {
    const { ask, wait, signUp } = world()
    const { session: as, email } = await signUp()
    wait(days(15))
    expect(await ask('GET /api/v1/credits/usage/', { as })).toMatchObject({ status: 402, body: { code: 'trial_expired' } })
    expect((await ask('GET /sites', { as })).status).toBe(402)
    expect(await ask('GET /api/v1/billing/', { as })).toMatchObject({ status: 200, body: { data: { refusal: { code: 'trial_expired' } } } })
    for (const path of ['/plans', '/billing']) {
      expect(await ask(`GET ${path}`, { as })).toMatchObject({ status: 200, body: expect.stringContaining('Your free trial is over.') })
    }
    const json = { plan_slug: 'starter' }
    const payment_id = textAt(await ask('POST /api/v1/billing/request-bank-transfer/', { as, json }), 'data.payment.id')

    wait(days(20))
    const late = await signIn({ email, password })
    expect(await ask('GET /api/v1/credits/usage/', { as: late })).toMatchObject({ status: 402, body: { code: 'payment_overdue' } })
    expect(await ask('GET /billing', { as: late })).toMatchObject({ status: 200, body: expect.stringContaining('Your payment is overdue') })
    const sent = { payment_id, external_payment_id: `late ${payment_id}`, payer_name: 'Ada' }
    expect(await ask('POST /api/v1/billing/submit-bank-transfer/', { as: late, json: sent })).toMatchObject({ status: 200 })
    const admin = await signIn(administrator)
    expect(await ask('GET /admin/transfers', { as: admin })).toMatchObject({ body: expect.stringContaining('Overdue by 6 days') })
    const came = { as: admin, json: { ...sent, amount: '29.99' } }
    expect(await ask('POST /api/v1/billing/confirm-bank-transfer/', came)).toMatchObject({ status: 200 })
    expect(await ask('GET /api/v1/credits/usage/', { as: late })).toMatchObject({ status: 200 })
  })

  it('lets a customer in to pay whom the job has suspended for an overdue payment, and to see their receipts', async () => {
    const { ask, wait, signUp, server } = world()
    const { session, accountId, email } = await signUp()
    const admin = await signIn(administrator)
    const paid = { account_id: accountId, external_payment_id: accountId, amount: '29.99', payer_name: 'Ada', plan_slug: 'starter' }
    await ask('POST /api/v1/billing/confirm-bank-transfer/', { as: admin, json: paid })
    expect((await ask('GET /billing', { as: session })).status).toBe(200)
    wait(days(45))
    await server.app.tenantry.runDue()
    const { account } = await server.app.tenantry.getAccount({ accountId })
    expect(account.status).toBe('suspended')
    const as = await signIn({ email, password })
    const billing = await ask('GET /billing', { as })
    expect(billing).toMatchObject({ status: 200, body: expect.stringContaining('Your payment is overdue') })
    const receipt = /href="(\/billing\/receipts\/[^"]+)"/.exec(String(billing.body))?.[1]
    expect((await ask(`GET ${receipt}`, { as })).status).toBe(200)
    const wish = { as, json: { plan_slug: 'starter' } }
    expect(await ask('POST /api/v1/billing/request-bank-transfer/', wish)).toMatchObject({ status: 200 })
  })
}
