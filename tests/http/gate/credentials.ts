import { beforeAll, expect, it } from 'vitest'
import { type SentHeaders, sendBytes } from './client.js'
import { apiKey, bearer, expectBudget, expectRefusal, type GateCustomer, type GateWorld, spend, usage } from './world.js'

/** How a credential comes with a request, and everything that is none. */
export function credentialCases(world: () => GateWorld): void {
  let customer: GateCustomer
  beforeAll(async () => {
    customer = await world().signUp()
  })
  const cookie = (value: string): SentHeaders => [['Cookie', `theme=dark; tenantry_session=${value}`]]

  const accepted: [string, (customer: GateCustomer) => SentHeaders][] = [
    ['a session as a bearer', ({ session }) => bearer(session)],
    ['a session in the cookie', ({ session }) => cookie(session)],
    ['an API key as a bearer', ({ key }) => bearer(key)],
    ['an API key as X-API-Key', ({ key }) => apiKey(key)],
    ['names and scheme in any case', ({ key }) => [['AUTHORIZATION', `bEaReR   ${key}`]]],
    ['X-API-Key beside a scheme that is not ours', ({ key }) => [['Authorization', 'Basic YWRhOmFkYQ=='], ...apiKey(key)]],
    ['X-API-Key beside an empty bearer', ({ key }) => [['Authorization', 'Bearer '], ...apiKey(key)]],
    ['a bearer, whatever X-API-Key says', ({ session }) => [...apiKey('wrong'), ...bearer(session)]],
    ['X-API-Key, whatever the cookie says', ({ key }) => [...cookie('wrong'), ...apiKey(key)]],
  ]
  it.each(accepted)('takes %s', async (_what, headersOf) => {
    const answer = await world().ask(usage, headersOf(customer))
    expect(answer).toMatchObject({ status: 200, body: { success: true, data: { balance: 2000 } } })
    expectBudget(answer)
  })

  const nothing: [string, SentHeaders][] = [
    ['no header', []],
    ['an empty Authorization', [['Authorization', '']]],
    ['a bearer without a token', [['Authorization', 'Bearer']]],
    ['a bearer of spaces', [['Authorization', 'Bearer      ']]],
    ['an empty X-API-Key', apiKey('')],
    ['another scheme', [['Authorization', 'Basic YWRhOmFkYQ==']]],
    ['an empty cookie', cookie('')],
    ['another cookie', [['Cookie', 'session=x']]],
    ['undefined', bearer('undefined')],
    ['null', apiKey('null')],
    ['__proto__', bearer('__proto__')],
    ['JSON', bearer('{"$ne":null}')],
    ['SQL', apiKey("' or '1'='1")],
    ['a path', apiKey('../../etc/passwd')],
    ['a token of another kind', bearer('eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.')],
    ['letters outside of ASCII', bearer(`tnt_live_${'é'.repeat(36)}`)],
    ['bytes that are no UTF-8', apiKey('tnt_live_\xff\xfe\x80')],
    ['a very long key', apiKey(`tnt_live_${'A'.repeat(12_000)}`)],
    ['a very long session', bearer(`tnt_session_${'A'.repeat(12_000)}`)],
    ['very many cookies', [['Cookie', 'a=b; '.repeat(2_400)]]],
  ]
  it.each(nothing)('refuses %s, and asks no database', async (_what, headers) => {
    expect(await world().countStatements(async () => expectRefusal(await world().ask(usage, headers), 401, 'invalid_credential'))).toBe(0)
    expect(await world().countStatements(async () => expectRefusal(await world().ask(spend, headers, {}), 401, 'invalid_credential'))).toBe(
      0,
    )
  })

  const spoilt: [string, (customer: GateCustomer) => SentHeaders][] = [
    ['a key with a wrong checksum', ({ key }) => apiKey(key.slice(0, -1) + (key.endsWith('a') ? 'b' : 'a'))],
    ['a key with two letters swapped', ({ key }) => bearer(swapped(key))],
    ['a key in capitals', ({ key }) => bearer(key.toUpperCase())],
    ['a key without its prefix', ({ key }) => bearer(key.slice(9))],
    ['a key of another installation', ({ key }) => apiKey(key.replace('live', 'test'))],
    ['a key that is cut off', ({ key }) => apiKey(key.slice(0, -1))],
    ['a key and one letter', ({ key }) => apiKey(`${key}A`)],
    ['a key and a comma', ({ key }) => apiKey(`${key},`)],
    ['a key in quotes', ({ key }) => bearer(`"${key}"`)],
    ['a key with a tab in it', ({ key }) => bearer(`${key.slice(0, 20)}\t${key.slice(20)}`)],
    ['a key with another scheme before it', ({ key }) => [['Authorization', `Token ${key}`]]],
    ['a key without a scheme', ({ key }) => [['Authorization', key]]],
    ['a key after two schemes', ({ key }) => bearer(`Bearer ${key}`)],
    ['a key in the cookie of another name', ({ key }) => [['Cookie', `tenantry_sessions=${key}`]]],
    ['a session that is cut off', ({ session }) => bearer(session.slice(0, -1))],
    ['a session and one letter', ({ session }) => bearer(`${session}A`)],
    ['a session with a padding', ({ session }) => bearer(`${session}=`)],
    ['two bearers in one', ({ session, key }) => bearer(`${session} ${key}`)],
    ['two bearers in a list', ({ session, key }) => bearer(`${session}, Bearer ${key}`)],
    ['the Authorization header twice', ({ session }) => [...bearer(session), ...bearer(session)]],
    ['the Authorization header twice, the second one wrong', ({ session }) => [...bearer(session), ...bearer('wrong')]],
    ['the Authorization header twice, the first one of another scheme', ({ key }) => [['Authorization', 'Basic eA=='], ...bearer(key)]],
    ['the X-API-Key header twice', ({ key }) => [...apiKey(key), ...apiKey(key)]],
    ['two different X-API-Key headers', ({ key, readingKey }) => [...apiKey(key), ...apiKey(readingKey)]],
    ['a wrong bearer beside a right key', ({ key }) => [...bearer('wrong'), ...apiKey(key)]],
    ['a wrong key beside a right cookie', ({ session }) => [...apiKey('wrong'), ...cookie(session)]],
    ['a wrong cookie before the right one', ({ session }) => [...cookie('wrong'), ...cookie(session)]],
  ]
  it.each(spoilt)('refuses %s, and asks no database', async (_what, headersOf) => {
    const headers = headersOf(customer)
    expect(await world().countStatements(async () => expectRefusal(await world().ask(usage, headers), 401, 'invalid_credential'))).toBe(0)
  })

  it('refuses what is well formed and unknown, and asks the database once', async () => {
    for (const credential of [`tnt_session_${'A'.repeat(43)}`, 'tnt_live_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17']) {
      const ask = async () => expectRefusal(await world().ask(usage, bearer(credential)), 401, 'invalid_credential')
      expect(await world().countStatements(ask)).toBe(1)
    }
  })

  it('asks the database once who calls, by session and by key', async () => {
    const { session, key } = customer
    const { tenantry } = world().server.app
    for (const credential of [session, key]) {
      expect(await world().countStatements(() => tenantry.authorize({ credential, scope: 'api' }))).toBe(1)
    }
  })

  it('acts for the account of the credential that counts, and for no other', async () => {
    const [first, second] = [await world().signUp(), await world().signUp()]
    const headers: SentHeaders = [...apiKey(second.key), ...bearer(first.session), ['Idempotency-Key', 'one']]
    expect(await world().ask(spend, headers, { amount: 10, operation: 'x' })).toMatchObject({
      status: 200,
      body: { data: { balance: 1990 } },
    })
    expect(await world().ask(usage, apiKey(second.key))).toMatchObject({ body: { data: { balance: 2000 } } })
    expect(await world().ask(usage, apiKey(first.key))).toMatchObject({ body: { data: { balance: 1990 } } })
  })

  it('takes the cookie for a change only from a page of its own site', async () => {
    const { session } = await world().signUp()
    const change = (site: string, key: string) =>
      world().ask(spend, [...cookie(session), ['Sec-Fetch-Site', site], ['Idempotency-Key', key]], { amount: 1, operation: 'x' })
    for (const site of ['cross-site', 'same-site', 'none', 'same-origin, same-origin', ''])
      expectRefusal(await change(site, 'one'), 401, 'invalid_credential')
    expect(await change('same-origin', 'two')).toMatchObject({ status: 200, body: { data: { balance: 1999 } } })
  })

  it.each([
    ['a NUL', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\nX-API-Key: tnt\0live\r\n\r\n'), 400],
    ['a line that goes on', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer\r\n x\r\nConnection: close\r\n\r\n'), 400],
    ['a line break without its half', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\nX-API-Key: a\rb\r\n\r\n'), 400],
    ['20,000 bytes of key', Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\nX-API-Key: ${'A'.repeat(20_000)}\r\n\r\n`), 431],
    ['20,000 bytes of bearer', Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${'A'.repeat(20_000)}\r\n\r\n`), 431],
    ['a name of 20,000 bytes', Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\n${'A'.repeat(20_000)}: x\r\n\r\n`), 431],
    ['3,000 headers', Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\n${'X-API-Key: a\r\n'.repeat(3_000)}\r\n`), 431],
  ])('outlives a request with %s', async (_what, bytes, status) => {
    const { server, ask } = world()
    expect(await sendBytes(server.url, bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(await ask(usage, bearer(customer.session))).toMatchObject({ status: 200 })
  })
}

function swapped(key: string): string {
  const at = [...key].findIndex((letter, index) => index >= 9 && letter !== key[index + 1])
  return `${key.slice(0, at)}${key[at + 1]}${key[at]}${key.slice(at + 2)}`
}
