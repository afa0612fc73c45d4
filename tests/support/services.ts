import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { userInfo } from 'node:os'
import { delimiter, join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { dropRun, freshDatabase, withClient } from './postgres.js'

/** A real service that the tests use where it is there. */
type Service = 'postgres' | 'initdb' | 'redis' | 'redis-server' | 'chromium'

/** A service that is not there: the tests that need it are skipped. */
export interface Omission {
  readonly service: Service
  readonly title: string
  /** What was looked for, and how to provide it. */
  readonly reason: string
}

declare module 'vitest' {
  interface ProvidedContext {
    /** An empty database made for this run, whose user may create more; `null` where no server is there. */
    postgresUrl: string | null
    /** The folder of the programs of a Postgres server, with which a test makes a server of its own. */
    postgresPrograms: string | null
    redisUrl: string | null
    /** The program of a Redis server, with which a test makes a cluster of its own. */
    redisProgram: string | null
    /** A browser for playwright-core's `executablePath`. */
    chromiumPath: string | null
    omissions: readonly Omission[]
  }
}

type Found<T> = { readonly found: T } | { readonly missing: string }

const titles: Record<Service, string> = {
  postgres: 'Postgres',
  initdb: 'Postgres programs',
  redis: 'Redis',
  'redis-server': 'Redis program',
  chromium: 'Chromium',
}

/** Decides once for the whole run which real services are there, and gives the run a Postgres database of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const required = requiredServices(process.env['TENANTRY_REQUIRE_SERVICES'] ?? '')
  const [postgres, redis, chromium] = await Promise.all([findPostgres(), findRedis(), findChromium()])
  const initdb = findPostgresPrograms()
  const redisServer = findRedisProgram()
  const omissions = omitted({ postgres, initdb, redis, 'redis-server': redisServer, chromium })
  const lacking = omissions.filter(({ service }) => required.has(service))
  if (lacking.length > 0) throw new Error(`A required service is missing: ${lacking.map(describeOmission).join(', ')}.`)

  const database = 'found' in postgres ? await freshDatabase(postgres.found) : null
  project.provide('postgresUrl', database?.url ?? null)
  project.provide('postgresPrograms', 'found' in initdb ? initdb.found : null)
  project.provide('redisUrl', 'found' in redis ? redis.found : null)
  project.provide('redisProgram', 'found' in redisServer ? redisServer.found : null)
  project.provide('chromiumPath', 'found' in chromium ? chromium.found : null)
  project.provide('omissions', omissions)
  return async () => {
    if ('found' in postgres && database) await dropRun(postgres.found, database.url)
  }
}

/** How a missing service is named to people. */
export const describeOmission = ({ title, reason }: Omission): string => `${title} (${reason})`

function omitted(services: Record<Service, Found<string>>): Omission[] {
  return (Object.keys(titles) as Service[]).flatMap((service) => {
    const answer = services[service]
    return 'missing' in answer ? [{ service, title: titles[service], reason: answer.missing }] : []
  })
}

function requiredServices(list: string): Set<Service> {
  const names = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const unknown = names.filter((name) => !Object.hasOwn(titles, name))
  if (unknown.length > 0) {
    throw new Error(`TENANTRY_REQUIRE_SERVICES names ${unknown.join(', ')}; use ${Object.keys(titles).join(', ')}.`)
  }
  return new Set(names as Service[])
}

async function findPostgres(): Promise<Found<string>> {
  const given = process.env['TENANTRY_TEST_DATABASE_URL']
  if (given) {
    if (await opens(given)) return { found: given }
    throw new Error(`TENANTRY_TEST_DATABASE_URL is set, but no database can be created with it on ${new URL(given).host}.`)
  }
  if (!(await answers('127.0.0.1', 5432))) {
    return { missing: 'no server answered on 127.0.0.1:5432; set TENANTRY_TEST_DATABASE_URL' }
  }
  const users = ['root', 'postgres', userInfo().username]
  for (const user of users) {
    const url = `postgresql://${encodeURIComponent(user)}@127.0.0.1:5432/postgres`
    if (await opens(url)) return { found: url }
  }
  return { missing: `127.0.0.1:5432 lets none of ${users.join(', ')} create a database without a password; set TENANTRY_TEST_DATABASE_URL` }
}

/** Does the server let the user of this URL in, and may that user create databases? */
async function opens(url: string): Promise<boolean> {
  try {
    const { rows } = await withClient(url, (client) =>
      client.query<{ able: boolean }>('select rolcreatedb or rolsuper as able from pg_roles where rolname = current_user'),
    )
    return rows[0]?.able === true
  } catch {
    return false
  }
}

/** Debian keeps the programs of each version in a folder that is not on the PATH. */
function findPostgresPrograms(): Found<string> {
  const given = process.env['TENANTRY_POSTGRES_BIN']
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = given ? [given] : [...versions.map((version) => join(debian, version, 'bin')), ...foldersOnPath()]
  const found = folders.find((folder) => ['initdb', 'postgres'].every((program) => isExecutable(join(folder, program))))
  if (found === undefined && given) throw new Error(`TENANTRY_POSTGRES_BIN is set, but ${given} has no initdb and postgres.`)
  return found ? { found } : { missing: 'no initdb and postgres in one folder; install a server or set TENANTRY_POSTGRES_BIN' }
}

function findRedisProgram(): Found<string> {
  const found = foldersOnPath()
    .map((folder) => join(folder, 'redis-server'))
    .find(isExecutable)
  return found ? { found } : { missing: 'no redis-server on the PATH; install one' }
}

async function findRedis(): Promise<Found<string>> {
  const given = process.env['TENANTRY_TEST_REDIS_URL']
  const url = given || 'redis://127.0.0.1:6379'
  if (await redisAnswers(new URL(url))) return { found: url }
  if (given) throw new Error(`TENANTRY_TEST_REDIS_URL is set, but ${new URL(given).host} does not answer.`)
  return { missing: 'no server answered on 127.0.0.1:6379; set TENANTRY_TEST_REDIS_URL' }
}

async function redisAnswers({ hostname, port, username, password }: URL): Promise<boolean> {
  const credentials = [username, password].filter((part) => part !== '').map(decodeURIComponent)
  const commands = [...(password ? [['AUTH', ...credentials]] : []), ['PING']]
  const reply = await exchange(hostname, Number(port || 6379), commands.map(redisCommand).join(''), '+PONG')
  return reply.includes('+PONG')
}

const redisCommand = (words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`

const answers = async (host: string, port: number): Promise<boolean> => (await exchange(host, port, '', '')) !== 'no connection'

/** Connects, sends `text` and reads until `until` has come, two seconds have passed or the other side has closed. */
function exchange(host: string, port: number, text: string, until: string): Promise<string> {
  return new Promise((resolve) => {
    let received = 'no connection'
    const socket = connect({ host, port, timeout: 2_000 })
    socket.setEncoding('utf8')
    socket.on('connect', () => {
      received = ''
      socket.write(text)
      if (until === '') socket.destroy()
    })
    socket.on('data', (chunk: string) => {
      received += chunk
      if (received.includes(until)) socket.destroy()
    })
    socket.on('timeout', () => socket.destroy())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve(received))
  })
}

async function findChromium(): Promise<Found<string>> {
  const given = process.env['CHROMIUM_PATH']
  if (given) {
    if (isExecutable(given)) return { found: given }
    throw new Error(`CHROMIUM_PATH is set, but ${given} is not a program.`)
  }
  const onPath = ['chromium', 'google-chrome'].flatMap((name) => foldersOnPath().map((folder) => join(folder, name)))
  const found = ['/usr/bin/chromium', ...onPath].find(isExecutable)
  return found ? { found } : { missing: 'no chromium or google-chrome on the PATH; install one or set CHROMIUM_PATH' }
}

const foldersOnPath = (): string[] => (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
