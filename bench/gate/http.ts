import type { BenchDatabase } from '../support/database.js'
import { printTable, short, whole, withRange } from '../support/figures.js'
import { httpLoad } from '../support/http-load.js'
import type { Measured } from '../support/load.js'
import { type Effort, figuresOf, type Runs, ratiosOf, takeTurns } from '../support/turns.js'
import type { Target } from './contest.js'
import { tenantryOn } from './ours.js'
import { type RunningServer, runServer } from './running-server.js'
import { body, path, type ServerName, servers } from './servers.js'
import { addTenants } from './tenants.js'

const connections = 32
const keyCount = 100
/** Beside that of the turns: a server takes thousands of requests until its code is compiled. */
const warmUpSeconds = 1

/** What a server did in a turn. */
interface Served extends Measured {
  /** Microseconds of a processor for one request. */
  readonly cpu: number
  /** The share of one processor that it used. */
  readonly busy: number
}

/** Requests per second of servers with a limiter, compared with the same server without: one process each, the load from this one. */
export async function benchHttp(database: BenchDatabase, effort: Effort): Promise<Target[]> {
  console.error('Starting the servers …')
  const secrets = await addTenants(tenantryOn(database), keyCount)
  const requests = secrets.map((secret) => Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: ${secret}\r\n\r\n`))
  const running: RunningServer[] = []
  try {
    for (const name of Object.keys(servers) as ServerName[]) {
      const server = await runServer(name, database.url)
      running.push(server)
      await checkAnswer(server, secrets[0] ?? '')
    }
    console.error('Requests over HTTP …')
    for (const server of running) await serve(server, requests, warmUpSeconds)
    const runs = await takeTurns(running, effort, (server, seconds) => serve(server, requests, seconds))
    printRuns(runs)
    return targetsOf(runs)
  } finally {
    for (const server of running) server.stop()
  }
}

/** Each must answer what it should; those with a limiter must tell where the limit stands. */
async function checkAnswer({ name, port }: RunningServer, secret: string): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'X-API-Key': secret } })
  const text = await answer.text()
  const tellsOfLimit = [...answer.headers.keys()].some((header) => header.includes('ratelimit'))
  if (answer.status !== 200 || text !== body || tellsOfLimit !== name.includes(',')) {
    throw new Error(`The server "${name}" answered ${answer.status} ${JSON.stringify(Object.fromEntries(answer.headers))} ${text}`)
  }
}

async function serve({ port, cpuSeconds }: RunningServer, requests: readonly Buffer[], seconds: number): Promise<Served> {
  const [before, start] = [await cpuSeconds(), performance.now()]
  const measured = await httpLoad({ port, requests, body, connections }, seconds)
  const [used, passed] = [(await cpuSeconds()) - before, (performance.now() - start) / 1000]
  return { ...measured, cpu: (used / (measured.perSecond * passed)) * 1e6, busy: used / passed }
}

function printRuns(runs: Runs<Served>): void {
  console.log(`\nRequests over HTTP, ${connections} connections`)
  const rows = [...runs.keys()].map((name) => [
    name,
    withRange(figuresOf(runs, name, 'perSecond'), whole),
    withRange(figuresOf(runs, name, 'p50'), short),
    withRange(figuresOf(runs, name, 'p99'), short),
    withRange(figuresOf(runs, name, 'cpu'), short),
    withRange(figuresOf(runs, name, 'busy'), short),
    name === bareOf(name) ? '' : withRange(ratiosOf(runs, name, bareOf(name)), short),
  ])
  printTable([['', 'per second', 'p50 ms', 'p99 ms', 'CPU µs each', 'busy', 'kept of bare'], ...rows])
  console.log(
    '  busy: the share of one processor that the server used. Where it is well below 1, the server waited for the load or for the machine.',
  )
}

/** The same server without a limiter. */
const bareOf = (name: string): string => name.split(',')[0] ?? name

function targetsOf(runs: Runs): Target[] {
  const ratio = (name: ServerName, to: ServerName): number[] => ratiosOf(runs, name, to)
  return [
    { what: 'Fastify with authorize, cached, kept of bare Fastify', values: ratio('fastify, tenantry', 'fastify'), atLeast: 0.85 },
    {
      what: 'Fastify with authorize, cached, x Fastify with @fastify/rate-limit',
      values: ratio('fastify, tenantry', 'fastify, @fastify/rate-limit'),
      atLeast: 1,
    },
  ]
}
