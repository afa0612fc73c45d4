import { startServer } from '../fastify/server.js'
import type { App } from '../shared/app.js'
import { people } from './people.js'
import { type Answer, createTalk, type Talk } from './talk.js'

/** Walks through the whole of it in the terminal, on a database in memory. Throws when something is not as it should be. */
export async function runTour(): Promise<void> {
  process.stdout.write('Starting Postgres in memory …\n')
  const clock = handClock()
  const server = await startServer({ administrator: people.admin, clock: clock.read })
  const talk = createTalk(server.url, (text) => void process.stdout.write(text))
  try {
    const customer = await signUp(talk)
    await spend(talk, customer)
    await useUpBudget(talk, clock)
    const admin = await signInAdmin(talk)
    await suspend(talk, customer, admin)
    await confirmTransfer(talk, customer, admin)
    await verifyBooks(talk, server.app, customer)
    process.stdout.write('\nEverything was as it should be.\n')
  } finally {
    await server.close()
  }
}

/** A clock that only moves when it is told to, so that the tour is the same on a slow machine. */
function handClock() {
  let now = Date.now()
  return {
    read: () => new Date(now),
    wait(seconds: number): void {
      now += seconds * 1000
    },
  }
}

interface Customer {
  readonly accountId: string
  readonly session: string
  readonly apiKey: string
}

async function signUp(talk: Talk): Promise<Customer> {
  talk.step('Sign up: a trial, and no card')
  const signedUp = await talk.ask({
    request: 'POST /api/v1/auth/register/',
    body: registration('ada@example.com'),
    status: 201,
    says: { 'data.user.account.status': 'trial', 'data.user.account.plan.slug': 'free-trial', 'data.user.account.credits': 2000 },
  })
  const session = String(signedUp.at('data.access'))

  talk.step('Make an API key, and call with it')
  const key = await talk.ask({
    request: 'POST /api/v1/api-keys/',
    as: session,
    body: { name: 'tour' },
    status: 201,
    says: { 'data.name': 'tour' },
  })
  const apiKey = String(key.at('data.secret'))
  talk.say(`The secret, shown this once: ${apiKey}`)
  await talk.ask({
    request: 'GET /api/v1/auth/me/',
    headers: { 'X-API-Key': apiKey },
    status: 200,
    says: { 'data.account.status': 'trial' },
  })
  return { accountId: String(signedUp.at('data.user.account.id')), session, apiKey }
}

const registration = (email: string) => ({
  email,
  password: 'copper-fern-94',
  password_confirm: 'copper-fern-94',
  first_name: 'Ada',
  last_name: 'Lovelace',
})

async function spend(talk: Talk, { session }: Customer): Promise<void> {
  const request = { request: 'POST /api/v1/credits/spend/', as: session, headers: { 'Idempotency-Key': '"page-1"' } }
  const body = { amount: 300, operation: 'page.generate' }

  talk.step('Spend credits')
  await talk.ask({ ...request, body, status: 200, says: { 'data.balance': 1700, 'data.replayed': false } })

  talk.step('Send it once more: the same key gives the same answer, and nothing is taken again')
  await talk.ask({ ...request, body, status: 200, says: { 'data.balance': 1700, 'data.replayed': true } })

  talk.step('Other content under the same key is refused')
  await talk.ask({ ...request, body: { ...body, amount: 301 }, status: 422, says: { code: 'idempotency_mismatch' } })

  talk.step('Asking for more than is left is refused')
  const other = { ...request, headers: { 'Idempotency-Key': '"page-2"' } }
  await talk.ask({
    ...other,
    body: { ...body, amount: 1701 },
    status: 402,
    says: { code: 'insufficient_credits', error: 'Not enough credits: 1701 asked for, 1700 left.' },
  })
}

async function useUpBudget(talk: Talk, clock: ReturnType<typeof handClock>): Promise<void> {
  talk.step('Call too often: another account, which does not touch the budget of the first')
  const signedUp = await talk.askQuietly({ request: 'POST /api/v1/auth/register/', body: registration('grace@example.com'), status: 201 })
  const ask = { request: 'GET /api/v1/auth/me/', as: String(signedUp.at('data.access')) }
  const first = await talk.ask({ ...ask, status: 200, says: { 'data.account.status': 'trial' } })
  tellBudget(talk, first)
  const left = Number(/r=(\d+)/.exec(first.headers.get('RateLimit') ?? '')?.[1])
  talk.say(`… and ${left} times more, all at once`)
  await Promise.all(Array.from({ length: left }, () => talk.askQuietly({ ...ask, status: 200 })))
  const refused = await talk.ask({ ...ask, status: 429, says: { code: 'throttled' } })
  tellBudget(talk, refused)
  const wait = Number(refused.headers.get('Retry-After'))
  talk.say(`… and ${wait} s later`)
  clock.wait(wait)
  await talk.ask({ ...ask, status: 200, says: { 'data.account.status': 'trial' } })
}

function tellBudget(talk: Talk, { headers }: Answer): void {
  for (const name of ['RateLimit-Policy', 'RateLimit', 'Retry-After']) {
    const value = headers.get(name)
    if (value !== null) talk.say(`  ${name}: ${value}`)
  }
}

async function signInAdmin(talk: Talk): Promise<string> {
  const signedIn = await talk.askQuietly({ request: 'POST /api/v1/auth/login/', body: people.admin, status: 200 })
  return String(signedIn.at('data.access'))
}

async function suspend(talk: Talk, { accountId, session, apiKey }: Customer, admin: string): Promise<void> {
  const account = `/api/v1/admin/accounts/${accountId}`
  talk.step('Suspend the account: session and API key are refused at the very next call')
  await talk.ask({
    request: `POST ${account}/suspend/`,
    as: admin,
    body: { reason: 'the tour' },
    status: 200,
    says: { 'data.account.status': 'suspended' },
  })
  const refused = { status: 403, says: { code: 'account_suspended', error: 'Account is suspended. Please contact support.' } }
  await talk.ask({ request: 'GET /api/v1/auth/me/', as: session, ...refused })
  await talk.ask({ request: 'GET /api/v1/auth/me/', headers: { 'X-API-Key': apiKey }, ...refused })

  talk.step('Reinstate it')
  await talk.ask({ request: `POST ${account}/reinstate/`, as: admin, status: 200, says: { 'data.account.status': 'trial' } })
  await talk.ask({ request: 'GET /api/v1/auth/me/', as: session, status: 200, says: { 'data.account.credits': 1700 } })
}

async function confirmTransfer(talk: Talk, { accountId, session }: Customer, admin: string): Promise<void> {
  const request = 'POST /api/v1/billing/confirm-bank-transfer/'
  const body = {
    account_id: accountId,
    external_payment_id: 'SEPA-2031-0001',
    amount: '29.99',
    payer_name: 'Ada Lovelace',
    proof_url: 'https://bank.example/transfers/1',
    period_months: 1,
    plan_slug: 'starter',
  }
  const confirmed = { status: 200, says: { 'data.status': 'active', 'data.credits': 5000 } }

  talk.step('A bank transfer came: confirm it, and the plan is the customer’s')
  const first = await talk.ask({ request, as: admin, body, ...confirmed })
  talk.say(`  data.period_end: ${first.at('data.period_end')}`)

  talk.step('Confirm it again: the first answer, and no second month')
  const second = await talk.ask({ request, as: admin, body, ...confirmed })
  if (second.at('data.period_end') !== first.at('data.period_end')) throw new Error('the second confirmation bought a second month')

  talk.step('The same reference with other content is refused')
  await talk.ask({
    request,
    as: admin,
    body: { ...body, payer_name: 'Somebody else' },
    status: 409,
    says: { code: 'payment_reference_conflict' },
  })
  talk.say('The customer sees:')
  const says = { 'data.account.plan.slug': 'starter', 'data.account.credits': 5000 }
  await talk.ask({ request: 'GET /api/v1/auth/me/', as: session, status: 200, says })
}

async function verifyBooks(talk: Talk, { tenantry }: App, { session }: Customer): Promise<void> {
  talk.step('Verify the books')
  const usage = await talk.ask({ request: 'GET /api/v1/credits/usage/', as: session, status: 200, says: { 'data.balance': 5000 } })
  const entries = usage.at('data.entries')
  if (Array.isArray(entries)) for (const entry of entries) talk.say(`  ${describe(entry)}`)
  const books = await tenantry.verifyBooks()
  if (!books.ok) throw new Error(`the books are wrong: ${JSON.stringify(books.problems)}`)
  talk.say(`All balances are the sums of their entries: ${books.accounts} accounts, ${books.entries} entries.`)
}

const describe = (entry: { amount: number; balance_after: number; description: string }): string =>
  `${String(entry.amount).padStart(6)} → ${String(entry.balance_after).padStart(5)}  ${entry.description}`
