import { expect, it } from 'vitest'
import { apiKey, bearer, expectBudget, expectRefusal, type GateWorld, spend, staff, usage } from './world.js'

const days = (count: number): number => count * 86_400

/** Who may act, and what is answered to whom. */
export function standingCases(world: () => GateWorld): void {
  const tenantry = () => world().server.app.tenantry

  it('refuses a suspended account at the very next call, by session and by key, and lets it go on once reinstated', async () => {
    const { accountId, session, key } = await world().signUp()
    await tenantry().suspendAccount({ accountId, reason: 'abuse' }, staff)
    for (const headers of [bearer(session), bearer(key), apiKey(key)]) {
      expectRefusal(await world().ask(usage, headers), 403, 'account_suspended')
      expectRefusal(await world().ask(spend, headers, { amount: 1, operation: 'x' }), 403, 'account_suspended')
    }
    await tenantry().reinstateAccount({ accountId, reason: 'cleared' }, staff)
    for (const headers of [bearer(session), apiKey(key)]) expect(await world().ask(usage, headers)).toMatchObject({ status: 200 })
  })

  it('refuses an account whose trial is over with 402, and no job has run', async () => {
    const { session, key } = await world().signUp()
    world().wait(days(14))
    for (const headers of [bearer(session), apiKey(key)]) expectRefusal(await world().ask(usage, headers), 402, 'trial_expired')
  })

  it('refuses a session that has ended and a key that was revoked, each at the very next call', async () => {
    const { accountId, session, key } = await world().signUp()
    await tenantry().logout({ token: session })
    expectRefusal(await world().ask(usage, bearer(session)), 401, 'invalid_credential')
    const { items } = await tenantry().listApiKeys({ accountId })
    for (const { id } of items) await tenantry().revokeApiKey({ accountId, apiKeyId: id }, staff)
    expectRefusal(await world().ask(usage, apiKey(key)), 401, 'invalid_credential')
  })

  it('keeps a key within its scopes, and says so only where they are asked for', async () => {
    const { readingKey } = await world().signUp()
    expect(await world().ask(usage, apiKey(readingKey))).toMatchObject({ status: 200 })
    const refused = await world().ask(spend, apiKey(readingKey), { amount: 1, operation: 'x' })
    expectRefusal(refused, 403, 'scope_missing')
    expect(refused.text).toContain('credits:spend')
  })

  it('says where the budget stands also when the route refuses', async () => {
    const { session } = await world().signUp()
    const answer = await world().ask(spend, [...bearer(session), ['Idempotency-Key', 'x']], { amount: 3000, operation: 'x' })
    expect(answer).toMatchObject({ status: 402, body: { code: 'insufficient_credits' } })
    expectBudget(answer)
  })

  it('does not read the body of a caller who is refused', async () => {
    const big = 'x'.repeat(70_000)
    expectRefusal(await world().ask(spend, [], big), 401, 'invalid_credential')
    const { session } = await world().signUp()
    expect(await world().ask(spend, bearer(session), big)).toMatchObject({ status: 400, body: { code: 'invalid_input' } })
  })

  it('answers HEAD as GET, without the body', async () => {
    const { session } = await world().signUp()
    const answer = await world().ask('HEAD /api/v1/credits/usage/', bearer(session))
    expect(answer).toMatchObject({ status: 200, text: '' })
    expectBudget(answer)
    const refused = await world().ask('HEAD /api/v1/credits/usage/')
    expect(refused).toMatchObject({ status: 401, text: '' })
    expectBudget(refused)
    expect(refused.header('www-authenticate')).toBe('Bearer')
  })

  it.each([
    'GET /api/v1/nothing/',
    'OPTIONS /api/v1/credits/usage/',
    'PUT /api/v1/credits/usage/',
    'DELETE /api/v1/credits/spend/',
    'GET /api/v1/credits/spend/',
    'GET /API/v1/credits/usage/',
    'GET /api/v1/credits/usage/more',
    'GET //api/v1/credits/usage',
    'GET /api/v1/credits/%75sage%2F',
  ])('is no route: %s. It takes nothing from a budget and asks no database', async (request) => {
    const { session } = await world().signUp()
    const ask = () => world().ask(`${request}?x=1`, [...bearer(session), ['Accept', 'application/json']])
    expect(await world().countStatements(ask)).toBe(0)
    const answer = await ask()
    expect(answer.body).toEqual({ success: false, error: 'There is nothing here.', code: 'not_found' })
    expect([answer.status, answer.header('ratelimit')]).toEqual([404, null])
    expect((await world().ask(usage, bearer(session))).header('ratelimit')).toMatch(/;r=119;/)
  })

  it('is ready without a credential', async () => {
    expect(await world().ask('GET /healthz')).toMatchObject({ status: 200, body: { success: true, data: { status: 'ok' } } })
  })
}
