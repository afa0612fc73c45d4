import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { createTenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { expect, it } from 'vitest'
import { at } from './client.js'
import { newKey, type World } from './world.js'

/** Spending, and what the customer sees of it. */
export function creditCases(world: () => World): void {
  const spend = 'POST /api/v1/credits/spend/'

  it('spends once for each key, and answers a repeated request with its first answer', async () => {
    const { ask, signUp } = world()
    const { session } = await signUp()
    const ten = { as: session, headers: newKey(), json: { amount: 10, operation: 'page.generate' } }
    const first = await ask(spend, ten)
    expect(first).toMatchObject({ status: 200, body: { success: true, data: { balance: 1990, replayed: false } } })
    expect(await ask(spend, ten)).toMatchObject({
      status: 200,
      body: { data: { balance: 1990, entry_id: at(first, 'data.entry_id'), replayed: true } },
    })
    const other = { ...ten, json: { amount: 11, operation: 'page.generate' } }
    expect(await ask(spend, other)).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } })
  })

  it('takes a key with and without quotation marks for the same', async () => {
    const { ask, signUp } = world()
    const { session } = await signUp()
    const key = randomUUID()
    const json = { amount: 10, operation: 'page.generate' }
    await ask(spend, { as: session, headers: { 'Idempotency-Key': `"${key}"` }, json })
    const bare = await ask(spend, { as: session, headers: { 'Idempotency-Key': key }, json })
    expect(bare).toMatchObject({ status: 200, body: { data: { balance: 1990, replayed: true } } })
  })

  it.each([
    ['no key', {}],
    ['an empty key', { 'Idempotency-Key': '' }],
    ['an empty quoted key', { 'Idempotency-Key': '""' }],
    ['a key without its end', { 'Idempotency-Key': '"abc' }],
    ['a key with something behind it', { 'Idempotency-Key': '"abc"; x=1' }],
    ['a key that is too long', { 'Idempotency-Key': 'k'.repeat(256) }],
    ['a key of the library’s own', { 'Idempotency-Key': 'tenantry:grant' }],
  ] as [string, Record<string, string>][])('refuses %s', async (_what, headers) => {
    const { ask, signUp } = world()
    const { session } = await signUp()
    const answer = await ask(spend, { as: session, headers, json: { amount: 1, operation: 'x' } })
    expect(answer).toMatchObject({ status: 400, body: { success: false, code: 'invalid_input' } })
    expect(at(await ask('GET /api/v1/credits/usage/', { as: session }), 'data.balance')).toBe(2000)
  })

  it('refuses two keys in one request', async () => {
    const { server, signUp } = world()
    const { session } = await signUp()
    const headers = { authorization: `Bearer ${session}`, 'content-type': 'application/json', 'idempotency-key': ['a', 'b'] }
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${server.url}/api/v1/credits/spend/`, { method: 'POST', headers, agent: false }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      sent.on('error', reject).end('{"amount":1,"operation":"x"}')
    })
    expect(status).toBe(400)
  })

  it('refuses to spend more than there is', async () => {
    const { ask, signUp } = world()
    const { session } = await signUp()
    const answer = await ask(spend, { as: session, headers: newKey(), json: { amount: 2001, operation: 'x' } })
    expect(answer).toMatchObject({
      status: 402,
      body: { success: false, code: 'insufficient_credits', error: 'Not enough credits: 2001 asked for, 2000 left.' },
    })
  })

  it.each([0, -1, 1.5, '10', 1e300, null, true, [], {}, 2 ** 53])('refuses the amount %j', async (amount) => {
    const { ask, signUp } = world()
    const { session } = await signUp()
    const answer = await ask(spend, { as: session, headers: newKey(), json: { amount, operation: 'x' } })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_input', issues: [{ path: 'amount' }] } })
  })

  it.each([
    { amount: 1 },
    { amount: 1, operation: '' },
    { amount: 1, operation: 'a\u0000b' },
    { amount: 1, operation: 'x'.repeat(101) },
    { amount: 1, operation: 'x', account_id: 'another' },
  ])('refuses %j', async (json) => {
    const { ask, signUp } = world()
    const { session } = await signUp()
    expect(await ask(spend, { as: session, headers: newKey(), json })).toMatchObject({ status: 400, body: { code: 'invalid_input' } })
  })

  it('never spends more than there is, however many ask at once', async () => {
    const { ask, signUp } = world()
    const { session } = await signUp()
    const spends = Array.from({ length: 30 }, () => ask(spend, { as: session, headers: newKey(), json: { amount: 100, operation: 'x' } }))
    const statuses = (await Promise.all(spends)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(20)
    expect(statuses.filter((status) => status === 402)).toHaveLength(10)
    expect(at(await ask('GET /api/v1/credits/usage/', { as: session }), 'data.balance')).toBe(0)
  })

  it('shows entries and use by day, newest first, and a page at a time', async () => {
    const { ask, signUp, apiKeyOf, server } = world()
    const customer = await signUp()
    const { secret } = await apiKeyOf(customer)
    for (const [as, amount] of [
      [customer.session, 5],
      [secret, 7],
      [customer.session, 11],
    ] as const) {
      await ask(spend, { as, headers: newKey(), json: { amount, operation: 'page.generate' } })
    }
    const usage = await ask('GET /api/v1/credits/usage/', { as: customer.session })
    const day = server.app.clock().toISOString().slice(0, 10)
    expect(usage).toMatchObject({
      status: 200,
      body: { success: true, data: { balance: 1977, by_day: [{ day, spent: 23, entries: 3 }], next: null } },
    })
    expect(at(usage, 'data.entries')).toMatchObject([
      { sequence: 4, type: 'usage', amount: -11, balance_after: 1977, operation: 'page.generate' },
      { sequence: 3, amount: -7 },
      { sequence: 2, amount: -5 },
      { sequence: 1, type: 'subscription', amount: 2000, operation: null },
    ])
    const first = await ask('GET /api/v1/credits/usage/?limit=3', { as: secret })
    const next = at(first, 'data.next')
    const second = await ask(`GET /api/v1/credits/usage/?limit=3&before=${next}`, { as: secret })
    expect(at(second, 'data.entries')).toMatchObject([{ sequence: 1 }])
    expect(at(second, 'data.next')).toBeNull()
  })

  it('counts by day what was spent in the last 30 days, newest day first, whatever was given back since', async () => {
    const { ask, signUp, server } = world()
    const { accountId, session } = await signUp()
    const { tenantry, clock } = server.app
    const today = Math.floor(clock().getTime() / 86_400_000) * 86_400_000
    const past = createTenantry({ store: kyselyStore(server.app.db), clock: () => new Date(time) })
    let time = today - 29 * 86_400_000 - 1
    const entryIds: string[] = []
    for (const [index, at] of [time, time + 1, today - 1, today].entries()) {
      time = at
      const { entry } = await past.spendCredits({ accountId, amount: 10 + index, operation: 'x', idempotencyKey: `then ${index}` })
      entryIds.push(entry.id)
    }
    const admin = { type: 'admin', id: 'tests' } as const
    await tenantry.refundCredits({ entryId: entryIds[3] ?? '', amount: 5, idempotencyKey: 'back', reason: 'blank' }, admin)
    const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)
    const usage = await ask('GET /api/v1/credits/usage/', { as: session })
    expect(at(usage, 'data.by_day')).toEqual([
      { day: dayOf(today), spent: 13, entries: 1 },
      { day: dayOf(today - 1), spent: 12, entries: 1 },
      { day: dayOf(today - 29 * 86_400_000), spent: 11, entries: 1 },
    ])
  })

  it.each(['limit=0', 'limit=201', 'limit=-1', 'limit=1e2', 'limit=', 'before=x', 'before='])('refuses the page %j', async (query) => {
    const { ask, signUp } = world()
    const { session } = await signUp()
    const answer = await ask(`GET /api/v1/credits/usage/?${query}`, { as: session })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_input' } })
  })
}
