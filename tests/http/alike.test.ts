import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer as startExpress } from '../../examples/express/server.js'
import { startServer as startFastify } from '../../examples/fastify/server.js'
import { startServer as startHono } from '../../examples/hono/server.js'
import { formToken } from '../../examples/shared/http/form-token.js'
import { type Answered, type Ask, createClient, textAt } from './suite/client.js'
import { embedded } from './suite/databases.js'
import { createWorld, password, poison, registration, type World } from './suite/world.js'

type Step = [request: string, ask?: (people: People) => Ask]

interface People {
  readonly session: string
  readonly admin: string
  readonly accountId: string
}

const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' }
const filled = (session: string, fields: string) => `form_token=${formToken(session)}&${fields}`
const spend = (key: string, amount: unknown) => ({ headers: { 'Idempotency-Key': key }, json: { amount, operation: 'x' } })
const transfer = { external_payment_id: 'A-1', amount: '29.99', payer_name: 'Ada', plan_slug: 'starter' }

/** Asked of each server in this order. `:account` stands for the customer's account. */
const steps: Step[] = [
  ['GET /healthz'],
  ['HEAD /healthz'],
  ['GET /api/v1/plans'],
  ['GET /api/v1/nothing/'],
  ['OPTIONS /api/v1/plans/'],
  ['PATCH /api/v1/plans/', () => ({ headers: json, raw: '{' })],
  ['GET /nothing', () => ({ headers: { accept: 'text/html' } })],
  ['GET /signup'],
  ['GET /login/'],
  ['GET /pricing'],
  ['GET /'],
  ['GET /sites'],
  ['GET /admin/transfers'],
  ['GET /plans'],
  ['GET /billing/'],
  ['POST /plans', () => ({ headers: form, raw: 'plan_slug=starter' })],
  ['POST /plans', () => ({ headers: json, raw: '{}' })],
  ['POST /billing/cancel', () => ({ headers: { ...form, 'content-encoding': 'gzip' }, raw: 'x' })],
  ['GET /assets/style.css'],
  ['GET /assets/nothing.css'],
  ['GET /assets/%E0%A4%A'],
  ['POST /api/v1/auth/register/', () => ({ json: registration('bea@example.com') })],
  ['POST /api/v1/auth/register/', () => ({ json: registration('bea@example.com') })],
  ['POST /api/v1/auth/register/', () => ({ json: registration('eve@example.com', { plan: 'starter' }) })],
  ['POST /api/v1/auth/register/', () => ({ json: registration('eve@example.com', { password: poison, password_confirm: poison }) })],
  ['POST /api/v1/auth/login/', () => ({ json: { email: 'bea@example.com', password } })],
  ['POST /api/v1/auth/login/', () => ({ json: { email: 'bea@example.com', password: 'wrong-lily-77' } })],
  ['POST /api/v1/auth/login/'],
  ['POST /api/v1/auth/login/', () => ({ headers: json })],
  ['POST /api/v1/auth/login/', () => ({ headers: json, raw: '[]' })],
  ['POST /api/v1/auth/login/', () => ({ headers: json, raw: new Uint8Array([0xff, 0xfe]) })],
  ['POST /api/v1/auth/login/', () => ({ headers: { 'content-type': 'nonsense' }, raw: '{}' })],
  ['POST /api/v1/auth/login/', () => ({ headers: json, raw: `"${'x'.repeat(70_000)}"` })],
  ['GET /api/v1/auth/me/'],
  ['GET /api/v1/auth/me/', ({ session }) => ({ as: session })],
  ['HEAD /api/v1/auth/me/', ({ session }) => ({ as: session })],
  ['GET /api/v1/auth/me/', ({ admin }) => ({ as: admin })],
  ['GET /api/v1/credits/usage/', ({ session }) => ({ as: session })],
  ['GET /api/v1/credits/usage/', ({ admin }) => ({ as: admin })],
  ['POST /api/v1/credits/spend/', ({ session }) => ({ as: session, ...spend('k-1', 10) })],
  ['POST /api/v1/credits/spend/', ({ session }) => ({ as: session, ...spend('"k-1"', 10) })],
  ['POST /api/v1/credits/spend/', ({ session }) => ({ as: session, ...spend('k-1', 11) })],
  ['POST /api/v1/credits/spend/', ({ session }) => ({ as: session, ...spend('k-2', 9999) })],
  ['POST /api/v1/credits/spend/', ({ session }) => ({ as: session, ...spend('k-3', '1') })],
  ['POST /api/v1/credits/spend/', ({ session }) => ({ as: session, json: { amount: 1, operation: 'x' } })],
  ['POST /api/v1/credits/spend/', () => ({ headers: json, raw: '{' })],
  ['POST /api/v1/api-keys/', ({ session }) => ({ as: session, json: { name: 'x' } })],
  ['GET /api/v1/api-keys/', ({ session }) => ({ as: session })],
  ['DELETE /api/v1/api-keys/unknown/', ({ session }) => ({ as: session })],
  ['DELETE /api/v1/api-keys/%E0%A4%A/', ({ session }) => ({ as: session })],
  ['POST /api/v1/billing/confirm-bank-transfer/', ({ session }) => ({ as: session, json: transfer })],
  ['POST /api/v1/billing/confirm-bank-transfer/', ({ admin }) => ({ as: admin, json: { ...transfer, amount: 29.99 } })],
  ['POST /api/v1/billing/confirm-bank-transfer/', ({ admin, accountId }) => ({ as: admin, json: { ...transfer, account_id: accountId } })],
  ['GET /api/v1/admin/accounts/?id=:account', ({ admin }) => ({ as: admin })],
  ['GET /admin/transfers', ({ admin }) => ({ as: admin })],
  ['GET /sites', ({ session }) => ({ as: session })],
  ['POST /plans', ({ session }) => ({ as: session, headers: form, raw: filled(session, 'plan_slug=starter&period_months=2') })],
  ['POST /plans', ({ session }) => ({ as: session, headers: form, raw: filled(session, 'plan_slug=starter&period_months=99') })],
  ['POST /plans', ({ session }) => ({ as: session, headers: form, raw: 'plan_slug=starter' })],
  ['POST /plans', ({ session }) => ({ as: session, headers: form, raw: filled(session, 'x'.repeat(70_000)) })],
  ['GET /plans', ({ session }) => ({ as: session })],
  ['GET /billing', ({ session }) => ({ as: session })],
  ['POST /billing/payments/unknown/submit', ({ session }) => ({ as: session, headers: form, raw: filled(session, 'payer_name=A') })],
  ['POST /billing/cancel', ({ session }) => ({ as: session, headers: form, raw: filled(session, '') })],
  ['POST /billing/resume', ({ session }) => ({ as: session, headers: form, raw: filled(session, '') })],
  ['GET /api/v1/billing/', ({ session }) => ({ as: session })],
  ['GET /api/v1/billing/payments/', ({ session }) => ({ as: session })],
  ['GET /api/v1/billing/receipts/', ({ session }) => ({ as: session })],
  ['POST /api/v1/billing/request-bank-transfer/', ({ session }) => ({ as: session, json: { plan_slug: 'starter', period_months: 2 } })],
  ['POST /api/v1/billing/submit-bank-transfer/', ({ session }) => ({ as: session, json: { payment_id: 'unknown' } })],
  ['GET /admin/transfers', ({ admin }) => ({ as: admin })],
  ['GET /api/v1/admin/payments/?status=requested', ({ admin }) => ({ as: admin })],
  ['POST /api/v1/billing/reject-bank-transfer/', ({ admin }) => ({ as: admin, json: { payment_id: 'unknown', reason: 'x' } })],
  ['POST /admin/transfers/unknown/reject', ({ admin }) => ({ as: admin, headers: form, raw: filled(admin, 'reason=x') })],
  ['POST /admin/transfers/unknown/confirm', ({ session }) => ({ as: session, headers: form, raw: '' })],
  ['POST /api/v1/admin/accounts/:account/suspend/', ({ admin }) => ({ as: admin, json: { reason: 'x' } })],
  ['GET /api/v1/auth/me/', ({ session }) => ({ as: session })],
  ['GET /api/v1/credits/usage/', ({ session }) => ({ as: session })],
  ['GET /sites', ({ session }) => ({ as: session })],
  ['POST /api/v1/admin/accounts/:account/reinstate/', ({ admin }) => ({ as: admin })],
  ['POST /api/v1/auth/logout/', ({ session }) => ({ as: session })],
  ['GET /api/v1/auth/me/', ({ session }) => ({ as: session })],
]

describe('the servers', () => {
  const worlds: World[] = []
  beforeAll(async () => {
    const now = new Date()
    for (const startServer of [startExpress, startFastify, startHono]) {
      worlds.push(await createWorld({ startServer, database: embedded }, { clock: () => now }))
    }
  })
  afterAll(() => Promise.all(worlds.map((world) => world.end())))

  it('answer alike', async () => {
    const [express, fastify, hono] = await Promise.all(worlds.map(answers))
    expect(express).toHaveLength(steps.length)
    expect(fastify).toEqual(express)
    expect(hono).toEqual(express)
  })
})

async function answers({ server, admin }: World): Promise<object[]> {
  const ask = createClient(server.url)
  const signedUp = await ask('POST /api/v1/auth/register/', { json: registration('ada@example.com') })
  const people = { admin, session: textAt(signedUp, 'data.access'), accountId: textAt(signedUp, 'data.user.account.id') }
  const given: object[] = []
  for (const [request, content] of steps) {
    const answer = await ask(request.replace(':account', people.accountId), content?.(people))
    given.push({ request, ...essence(answer) })
  }
  return given
}

const compared = [
  'content-type',
  'cache-control',
  'content-security-policy',
  'x-content-type-options',
  'referrer-policy',
  'location',
  'ratelimit-policy',
  'ratelimit',
  'retry-after',
  'www-authenticate',
  'x-powered-by',
  'etag',
  'vary',
]

/** What has to be the same of two answers: all but the ids and moments in them. */
function essence({ status, headers, body }: Answered): object {
  const cookie = headers.get('set-cookie')?.replace(/tnt_session_[\w-]+/, '…') ?? null
  const shown = Object.fromEntries(compared.map((name) => [name, headers.get(name)]))
  return { status, headers: { ...shown, cookie }, body: withoutIds(body) }
}

function withoutIds(value: unknown): unknown {
  const text = JSON.stringify(value)
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replace(/tnt_(session_[\w-]{43}|live_\w{36})/g, '<secret>')
    .replace(/RF\d\d ?[A-Z]{4} ?[A-Z]{4}/g, '<reference>')
    .replace(/form_token\\" value=\\"[\w-]{43}/g, 'form_token <token>')
    .replace(/"last_four":"\w{4}"/g, '"last_four":"<end>"')
  return JSON.parse(text)
}
