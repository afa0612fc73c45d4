import { randomUUID } from 'node:crypto'
import type { PasswordHasher } from 'tenantry'
import { plainHasher } from 'tenantry/testing'
import type { AppOptions } from '../../../examples/shared/app.js'
import type { RunningServer, ServerOptions, StartServer } from '../../../examples/shared/serve.js'
import { type Answered, type Client, createClient, textAt } from './client.js'

/** A server of one framework on one database. */
export interface Stand {
  readonly startServer: StartServer
  /** Options that name a database of its own, and how it goes away. */
  readonly database: () => Promise<{ options: Pick<AppOptions, 'databaseUrl'>; drop: () => Promise<void> }>
}

/** A customer who signed up. */
export interface Customer {
  readonly email: string
  readonly userId: string
  readonly accountId: string
  readonly session: string
}

/** A running server, and what the tests do with it. */
export interface World {
  readonly server: RunningServer
  readonly ask: Client
  /** The session of an administrator. */
  readonly admin: string
  readonly log: readonly LogLine[]
  readonly signUp: (email?: string) => Promise<Customer>
  readonly apiKeyOf: (customer: Customer, content?: object) => Promise<{ id: string; secret: string }>
  readonly confirm: (content: object, as?: string) => Promise<Answered>
  /** Lets time pass. */
  readonly wait: (milliseconds: number) => void
  /** Time stands still while the work is done, but for what `wait` lets pass. */
  readonly standingStill: (work: () => Promise<void>) => Promise<void>
  readonly end: () => Promise<void>
}

export interface LogLine {
  readonly message: string
  readonly facts: Readonly<Record<string, unknown>> | undefined
}

export const password = 'tiger-lily-77'
export const administrator = { email: 'admin@example.com', password: 'harbour-lamp-27' }

/** With this password the hasher fails, as a machine may. */
export const poison = 'poisoned-cup-13'

/** Starts a server. Time passes as it does, from noon on, so that no day ends in the middle of a test, and is moved on by `wait`. */
export async function createWorld(stand: Stand, more: ServerOptions = {}): Promise<World> {
  const { options, drop } = await stand.database()
  const log: LogLine[] = []
  const write = (message: string, facts?: Readonly<Record<string, unknown>>) => void log.push({ message, facts })
  let waited = new Date().setUTCHours(12, 0, 0, 0) - Date.now()
  let stoodStillAt: number | null = null
  const server = await stand.startServer({
    administrator,
    authThrottle: { limit: 10_000, windowSeconds: 60 },
    passwords: failingHasher(),
    clock: () => new Date((stoodStillAt ?? Date.now()) + waited),
    logger: { info: write, warn: write, error: write },
    ...options,
    ...more,
  })
  const ask = createClient(server.url)
  const admin = textAt(await ask('POST /api/v1/auth/login/', { json: administrator }), 'data.access')
  return {
    server,
    ask,
    admin,
    log,
    signUp: async (email = `${randomUUID()}@example.com`) => {
      const answer = await ask('POST /api/v1/auth/register/', { json: registration(email) })
      const read = (path: string) => textAt(answer, `data.${path}`)
      return { email, userId: read('user.id'), accountId: read('user.account.id'), session: read('access') }
    },
    apiKeyOf: async ({ session }, content = { name: 'tests' }) => {
      const answer = await ask('POST /api/v1/api-keys/', { as: session, json: content })
      return { id: textAt(answer, 'data.id'), secret: textAt(answer, 'data.secret') }
    },
    confirm: (content, as = admin) => ask('POST /api/v1/billing/confirm-bank-transfer/', { as, json: { ...transfer(), ...content } }),
    wait: (milliseconds) => {
      waited += milliseconds
    },
    async standingStill(work) {
      stoodStillAt = Date.now()
      await work().finally(() => {
        stoodStillAt = null
      })
    },
    async end() {
      await server.close()
      await drop()
    },
  }
}

/** The body of a sign-up. */
export const registration = (email: string, more: object = {}) => ({
  email,
  password,
  password_confirm: password,
  first_name: 'Ada',
  last_name: 'Lovelace',
  ...more,
})

/** The body of a confirmation, without the account; each has a reference of its own. */
export const transfer = () => ({
  external_payment_id: `SEPA-${randomUUID()}`,
  amount: '29.99',
  payer_name: 'Ada Lovelace',
  proof_url: 'https://bank.example/transfers/1',
  period_months: 1,
  plan_slug: 'starter',
})

/** A new key for each call, quoted as the draft asks. */
export const newKey = () => ({ 'Idempotency-Key': `"${randomUUID()}"` })

export const days = (count: number): number => count * 86_400_000

function failingHasher(): PasswordHasher {
  const plain = plainHasher()
  return {
    ...plain,
    hash: (text) => (text === poison ? Promise.reject(new Error('the machine that hashes is on fire')) : plain.hash(text)),
  }
}
