import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { StartServer } from '../../examples/shared/serve.js'
import { apiKeyCases } from './suite/api-keys.js'
import { badRequestCases } from './suite/bad-requests.js'
import { billingCases } from './suite/billing.js'
import { billingPageCases } from './suite/billing-pages.js'
import { createClient, textAt } from './suite/client.js'
import { creditCases } from './suite/credits.js'
import { embedded, onServer } from './suite/databases.js'
import { gateCases } from './suite/gate.js'
import { latePayerCases } from './suite/late-payers.js'
import { pageCases } from './suite/pages.js'
import { receiptCases } from './suite/receipts.js'
import { signUpCases } from './suite/sign-up.js'
import { transferCases } from './suite/transfers.js'
import { createWorld, registration, type Stand, type World } from './suite/world.js'

const postgresUrl = inject('postgresUrl')

/** The routes of the examples, on every database: every server that has them all passes it. */
export function httpSuite(startServer: StartServer): void {
  describe('on embedded Postgres', () => suiteOn({ startServer, database: embedded }))
  describe.skipIf(postgresUrl === null)('on a Postgres server', () => suiteOn({ startServer, database: onServer }))
}

function suiteOn(stand: Stand): void {
  let world: World
  beforeAll(async () => {
    world = await createWorld(stand)
  })
  afterAll(() => world.end())

  describe('sign-up and sign-in', () => signUpCases(() => world))
  describe('credits', () => creditCases(() => world))
  describe('API keys', () => apiKeyCases(() => world))
  describe('bank transfers', () => transferCases(() => world))
  describe('billing', () => billingCases(() => world))
  describe('bad requests', () => badRequestCases(() => world))
  describe('pages', () => pageCases(() => world))
  describe('receipts', () => receiptCases(() => world))
  describe('the pages of billing', () => billingPageCases(() => world))
  describe('the gate', () => gateCases(() => world))
  describe('the machine', () => machineCases(stand))
  describe('late payers', () => {
    let later: World
    beforeAll(async () => {
      later = await createWorld(stand)
    })
    afterAll(() => later.end())
    latePayerCases(() => later)
  })
}

function machineCases(stand: Stand): void {
  it('hashes passwords with bcrypt, throttles sign-in and sign-out by address, and is ready only while its database answers', async () => {
    const { options, drop } = await stand.database()
    let now = Date.now()
    const clock = () => new Date(now)
    const server = await stand.startServer({ ...options, clock, authThrottle: { limit: 3, windowSeconds: 3600 } })
    const ask = createClient(server.url)
    try {
      expect(await ask('GET /healthz')).toMatchObject({ status: 200 })
      const json = registration('ada@example.com')
      const session = textAt(await ask('POST /api/v1/auth/register/', { json }), 'data.access')
      const { email, password } = json
      expect(await ask('POST /api/v1/auth/login/', { json: { email, password } })).toMatchObject({ status: 200 })
      expect(await ask('POST /api/v1/auth/login/', { json: { email, password: 'wrong-lily-77' } })).toMatchObject({ status: 401 })
      const headers = { 'x-forwarded-for': '203.0.113.9' }
      const throttled = await ask('POST /api/v1/auth/login/', { headers, json: { email, password } })
      expect(throttled).toMatchObject({ status: 429, body: { success: false, code: 'throttled' } })
      expect(throttled.headers.get('ratelimit-policy')).toBe('"auth";q=3;w=3600')
      expect(Number(throttled.headers.get('retry-after'))).toBeGreaterThan(0)

      const signOut = await ask('POST /api/v1/auth/logout/', { as: session })
      expect(signOut).toMatchObject({ status: 429, body: { success: false, code: 'throttled' } })
      expect(await ask('GET /api/v1/auth/me/', { as: session })).toMatchObject({ status: 200 })

      await server.app.db.destroy()
      const unavailable = { status: 503, body: { success: false, code: 'store_unavailable' } }
      expect(await ask('GET /api/v1/credits/usage/', { as: session })).toMatchObject(unavailable)
      now += 999
      expect(await ask('GET /healthz')).toMatchObject({ status: 200 }) // the check of the start is remembered for a second
      now += 1
      expect(await ask('GET /healthz')).toMatchObject(unavailable)
    } finally {
      await server.close()
      await drop()
    }
  })
}
