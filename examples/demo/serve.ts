import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { startServer } from '../fastify/server.js'
import type { App } from '../shared/app.js'
import { closeOnSignal, loopback, type RunningServer, readPort } from '../shared/serve.js'
import { lockFolder } from './folder-lock.js'
import { people } from './people.js'
import { seed } from './seed.js'

/** Starts a server with some history on a database in `folder`, and says what can be done with it. */
export async function serveDemo(folder: string): Promise<void> {
  const unlock = lockFolder(folder)
  process.once('exit', unlock)
  process.stdout.write(`Starting Postgres in ${folder} …\n`)
  const port = process.env['PORT'] ? readPort(process.env['PORT']) : await freePort(3000)
  const server = await startServer({ port, dataFolder: join(folder, 'postgres'), administrator: people.admin })
  closeOnSignal(() => server.close())
  await seed(server.app)
  process.stdout.write(await guide(server, folder))
}

/** The first port from `first` on that nobody listens on. */
async function freePort(first: number): Promise<number> {
  for (let port = first; port < first + 100; port++) if (await isFree(port)) return port
  throw new Error(`The ports ${first} to ${first + 99} are all taken. Name another in PORT.`)
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer()
  try {
    await once(probe.listen(port, loopback), 'listening')
  } catch {
    return false
  }
  probe.close()
  await once(probe, 'close')
  return true
}

async function guide({ url, app }: RunningServer, folder: string): Promise<string> {
  const [trial, paying] = [await standing(app, people.trial.email), await standing(app, people.paying.email)]
  const json = `-H 'Content-Type: application/json'`
  const { email, password } = people.paying
  return `
The demo listens on ${url}   (Ctrl+C ends it; its data stays in ${folder})

Sign in at ${url}/login
  ${line(people.trial)}${trial}
  ${line(people.paying)}${paying}
  ${line(people.admin)}administrator: confirm a transfer at ${url}/admin/transfers
or sign up at ${url}/signup; a customer pays at ${url}/plans and sees it at ${url}/billing

Try on the command line
  curl -s ${url}/api/v1/plans/
  TOKEN=$(curl -s ${url}/api/v1/auth/login/ ${json} -d '{"email":"${email}","password":"${password}"}' | sed 's/.*"access":"\\([^"]*\\)".*/\\1/')
  curl -si ${url}/api/v1/auth/me/ -H "Authorization: Bearer $TOKEN"
  curl -s ${url}/api/v1/credits/spend/ -H "Authorization: Bearer $TOKEN" -H 'Idempotency-Key: "try-1"' ${json} -d '{"amount":10,"operation":"page.generate"}'
  curl -s ${url}/api/v1/credits/usage/ -H "Authorization: Bearer $TOKEN"

See everything at once: npm run demo -- --tour

`
}

/** How a customer stands today; the demo may have been seeded weeks ago. */
async function standing({ tenantry }: App, email: string): Promise<string> {
  const { account } = await tenantry.getAccount({ email })
  const decision = await tenantry.validateAccountAndPlan({ accountId: account.id })
  if (!decision.ok) return decision.message
  const { balance } = await tenantry.creditBalance({ accountId: account.id })
  return `${decision.plan.name}: ${balance} credits left, until ${decision.subscription?.currentPeriodEnd.toISOString().slice(0, 10)}`
}

const line = ({ email, password }: { email: string; password: string }): string => `${email.padEnd(20)}${password.padEnd(18)}`
