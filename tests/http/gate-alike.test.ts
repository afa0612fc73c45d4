import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer as startExpress } from '../../examples/express/server.js'
import { startServer as startFastify } from '../../examples/fastify/server.js'
import { startServer as startHono } from '../../examples/hono/server.js'
import { startServer as startNest } from '../../examples/nest/server.js'
import type { GateAnswer, SentHeaders } from './gate/client.js'
import { apiKey, bearer, createGateWorld, type GateCustomer, type GateWorld, spend, staff, usage } from './gate/world.js'
import { embedded } from './suite/databases.js'

type Step = [request: string, headers?: (customer: GateCustomer) => SentHeaders, json?: unknown]

const nothing = (): SentHeaders => []

const one: SentHeaders = [['Idempotency-Key', 'one']]
const ten = { amount: 10, operation: 'x' }

/** Asked of every server in this order, by one customer at one moment. */
const steps: Step[] = [
  ['GET /healthz'],
  ['HEAD /healthz'],
  [usage],
  [usage, ({ session }) => bearer(session)],
  [usage, ({ key }) => bearer(key)],
  [usage, ({ readingKey }) => apiKey(readingKey)],
  [usage, ({ key }) => [...apiKey(key), ['If-None-Match', '*']]],
  [usage, ({ key }) => [...apiKey(key), ['Accept', 'text/html'], ['Accept-Encoding', 'gzip, br'], ['Origin', 'https://example.com']]],
  [`${usage}?limit=1`, ({ key }) => apiKey(key)],
  [`${usage}?limit=x`, ({ key }) => apiKey(key)],
  ['HEAD /api/v1/credits/usage', ({ key }) => apiKey(key)],
  ['HEAD /api/v1/credits/usage'],
  ['OPTIONS /api/v1/credits/usage'],
  ['PUT /api/v1/credits/usage', ({ key }) => apiKey(key), {}],
  ['GET /api/v1/nothing', ({ key }) => apiKey(key)],
  ['GET /nothing', () => [['Accept', 'text/html']]],
  [spend, ({ key }) => [...apiKey(key), ...one], ten],
  [spend, ({ key }) => [...apiKey(key), ...one], ten],
  [spend, ({ key }) => [...apiKey(key), ...one], { ...ten, amount: 11 }],
  [spend, ({ key }) => apiKey(key), ten],
  [spend, ({ key }) => [...apiKey(key), ...one], { ...ten, more: 1 }],
  [spend, ({ key }) => [...apiKey(key), ...one]],
  [spend, ({ key }) => [...apiKey(key), ['Idempotency-Key', 'two']], { ...ten, amount: 9999 }],
  [spend, ({ key }) => apiKey(key), 'x'.repeat(70_000)],
  [spend, ({ readingKey }) => apiKey(readingKey), ten],
  [spend, nothing, 'x'.repeat(70_000)],
  [usage, () => apiKey('wrong')],
  [usage, ({ session }) => [...bearer(session), ...bearer(session)]],
  [usage, ({ key }) => [...apiKey(key), ...apiKey(key)]],
  [usage, ({ key }) => [...bearer('wrong'), ...apiKey(key)]],
  [usage, ({ key }) => [['Authorization', 'Basic eA=='], ...apiKey(key)]],
  [usage, () => apiKey('tnt_live_\xff\xfe')],
  [usage, () => [['X-Forwarded-For', '198.51.100.1']]],
]

const servers = { Express: startExpress, Fastify: startFastify, Hono: startHono, Nest: startNest }

describe('the gates of all frameworks', () => {
  const worlds: GateWorld[] = []
  beforeAll(async () => {
    for (const startServer of Object.values(servers)) worlds.push(await createGateWorld({ startServer, database: embedded }))
  }, 180_000)
  afterAll(() => Promise.all(worlds.map((world) => world.end())))

  it('answer alike, to the byte', async () => {
    const [express, ...others] = await Promise.all(worlds.map(transcript))
    expect(express?.length).toBe(steps.length + 3)
    expect(express?.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 400, 401, 402, 403, 404, 422, 429]))
    for (const other of others) expect(other).toEqual(express)
  }, 180_000)
})

async function transcript(world: GateWorld): Promise<ReturnType<typeof essence>[]> {
  const customer = await world.signUp()
  const { tenantry } = world.server.app
  const answers: ReturnType<typeof essence>[] = []
  const ask = async ([request, headersOf, json]: Step) => {
    answers.push(essence(request, await world.ask(request, headersOf?.(customer), json)))
  }
  for (const step of steps) await ask(step)
  const { remaining } = await tenantry.throttle({ scope: 'api', accountId: customer.accountId })
  await tenantry.throttle({ scope: 'api', accountId: customer.accountId, cost: remaining ?? 1 })
  await ask([usage, ({ key }) => apiKey(key)])
  await tenantry.suspendAccount({ accountId: customer.accountId, reason: 'abuse' }, staff)
  world.wait(60)
  await ask([usage, ({ key }) => apiKey(key)])
  await tenantry.reinstateAccount({ accountId: customer.accountId, reason: 'cleared' }, staff)
  world.wait(14 * 86_400)
  await ask([usage, ({ key }) => apiKey(key)])
  return answers
}

/** How the server sends, which is the framework's affair: in one piece or in several, and how long it keeps the connection. */
const transport = ['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding']

function essence(request: string, answer: GateAnswer) {
  const names = answer.names.filter((name) => !transport.includes(name)).sort()
  const headers = names.map((name) => `${name}: ${answer.header(name)}`)
  return { request, status: answer.status, headers, text: answer.text.replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, '<id>') }
}
