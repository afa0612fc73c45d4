import { randomUUID } from 'node:crypto'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import type { Actor } from 'tenantry'
import { plainHasher } from 'tenantry/testing'
import { expect, vi } from 'vitest'
import type { RunningServer, ServerOptions } from '../../../examples/shared/serve.js'
import type { Stand } from '../suite/world.js'
import { type GateAnswer, type GateClient, gateClient, type SentHeaders } from './client.js'

/** A customer on trial. */
export interface GateCustomer {
  readonly accountId: string
  readonly session: string
  /** An API key that may do everything. */
  readonly key: string
  /** Another one of the same account, which may only read. */
  readonly readingKey: string
}

/** A running server, and what the tests do with it. */
export interface GateWorld {
  readonly server: RunningServer
  /** Throws where an answer holds a secret that somebody was given. */
  readonly ask: GateClient
  readonly log: readonly string[]
  readonly signUp: () => Promise<GateCustomer>
  /** Counts what is sent to the database meanwhile. */
  readonly countStatements: (work: () => Promise<unknown>) => Promise<number>
  /** Lets time pass. */
  readonly wait: (seconds: number) => void
  /** No line of the log and nothing that was answered may hold one of these. */
  readonly secrets: readonly string[]
  readonly end: () => Promise<void>
}

export const staff: Actor = { type: 'admin', id: 'staff' }

export const usage = 'GET /api/v1/credits/usage/'
export const spend = 'POST /api/v1/credits/spend/'

export const bearer = (credential: string): SentHeaders => [['Authorization', `Bearer ${credential}`]]
export const apiKey = (credential: string): SentHeaders => [['X-API-Key', credential]]

/** Starts a server whose clock stands until `wait` moves it. */
export async function createGateWorld(stand: Stand, more: ServerOptions = {}): Promise<GateWorld> {
  const { options, drop } = await stand.database()
  const log: string[] = []
  const secrets: string[] = []
  const write = (...line: unknown[]) => void log.push(JSON.stringify(line))
  let now = Date.UTC(2031, 0, 15)
  const ports = { clock: () => new Date(now), passwords: plainHasher(), logger: { info: write, warn: write, error: write } }
  const server = await stand.startServer({ ...ports, ...options, ...more })
  return {
    server,
    ask: discreet(gateClient(server.url), secrets),
    log,
    secrets,
    async signUp() {
      const customer = await signUp(server)
      secrets.push(customer.session, customer.key, customer.readingKey)
      return customer
    },
    async countStatements(work) {
      // Uses of keys are written a second later, beside the requests.
      await server.app.tenantry.flush()
      return countStatements(work)
    },
    wait: (seconds) => {
      now += seconds * 1000
    },
    async end() {
      await server.close()
      await drop()
    },
  }
}

async function signUp({ app: { tenantry } }: RunningServer): Promise<GateCustomer> {
  const { account, session, user } = await tenantry.registerTrial({ email: `${randomUUID()}@example.com`, firstName: 'Ada' })
  const owner = { type: 'user', id: user.id } as const
  const create = (more = {}) => tenantry.createApiKey({ accountId: account.id, name: 'tests', ...more }, owner)
  const [{ secret: key }, { secret: readingKey }] = [await create(), await create({ scopes: ['credits:read'] })]
  return { accountId: account.id, session: session.token, key, readingKey }
}

/** What a credential is must not be told to anybody, right or wrong. */
const discreet =
  (client: GateClient, secrets: readonly string[]): GateClient =>
  async (request, headers = [], json) => {
    const answer = await client(request, headers, json)
    const told = [...answer.names.map((name) => answer.header(name)), answer.text].join('\n')
    expect(secrets.filter((secret) => told.includes(secret))).toEqual([])
    return answer
  }

/** At the drivers, so that nothing goes by unseen. */
async function countStatements(work: () => Promise<unknown>): Promise<number> {
  const spies = [vi.spyOn(pg.Client.prototype, 'query'), vi.spyOn(PGlite.prototype, 'query')]
  try {
    await work()
    return spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0)
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

/** A refusal by the gate: whole, in the one form, with where the budget stands, kept by no cache and taken for nothing but JSON. */
export function expectRefusal(answer: GateAnswer, status: number, code: string): void {
  expect(answer.body).toEqual({ success: false, error: expect.stringMatching(/^[A-Z].*\.$/), code })
  expect(answer.status).toBe(status)
  expect(answer.header('content-type')).toBe('application/json; charset=utf-8')
  expect(answer.header('cache-control')).toBe('no-store')
  expect(answer.header('x-content-type-options')).toBe('nosniff')
  expect(answer.header('www-authenticate')).toBe(status === 401 ? 'Bearer' : null)
  expectBudget(answer)
}

/** Where the budget of the scope `api` stands. */
export function expectBudget(answer: GateAnswer): void {
  expect(answer.header('ratelimit-policy')).toMatch(/^"api";q=\d+;w=60$/)
  expect(answer.header('ratelimit')).toMatch(answer.status === 429 ? /^"api";r=0;t=[1-9]\d*$/ : /^"api";r=\d+;t=\d+$/)
  expect(answer.header('retry-after')).toEqual(answer.status === 429 ? expect.stringMatching(/^[1-9]\d*$/) : null)
}

/** Whole calls left, as an answer says. */
export const remaining = (answer: GateAnswer): number => Number(/;r=(\d+)/.exec(answer.header('ratelimit') ?? '')?.[1])
