import type { PoolClient } from 'pg'
import { type BenchDatabase, openPool } from '../support/database.js'
import { printTable, short } from '../support/figures.js'
import { closedLoop } from '../support/load.js'
import { type Effort, ratiosOf } from '../support/turns.js'
import { type Contender, hold, ours, type Target } from './contest.js'
import { betterAuthByDefault, betterAuthWithoutLimit, type KeyChecker, tenantry } from './key-checkers.js'

const keyCount = 500
const checkers = [tenantry, betterAuthWithoutLimit, betterAuthByDefault]
const peers = [betterAuthWithoutLimit, betterAuthByDefault]

/** A checker with its keys. */
interface Prepared {
  readonly checker: KeyChecker
  readonly secrets: readonly string[]
}

/** Checks of API keys that remember nothing: on the same server, each with a pool of the same size. */
export async function benchKeys({ url }: BenchDatabase, effort: Effort): Promise<Target[]> {
  console.error(`Making ${keyCount} API keys for each …`)
  const prepared: Prepared[] = []
  for (const checker of checkers) prepared.push(await prepare(checker, url))
  const targets = await benchStatements(url, prepared)
  for (const inFlight of [1, 32]) targets.push(...(await benchSpeed(url, prepared, inFlight, effort)))
  return targets
}

async function prepare(checker: KeyChecker, url: string): Promise<Prepared> {
  const connections = openPool(url)
  try {
    const secrets = await checker.prepare(connections, keyCount)
    await checkAnswers(checker, checker.open(connections), secrets)
    return { checker, secrets }
  } finally {
    await connections.pool.end()
  }
}

/** Each must know its own keys, and no other. Asking for all of them also does what is done once a minute, such as noting the use. */
async function checkAnswers({ name }: KeyChecker, check: (secret: string) => Promise<boolean>, secrets: readonly string[]): Promise<void> {
  for (const secret of secrets) if (!(await check(secret))) throw new Error(`${name} does not know its own key`)
  if (await check(`${secrets[0]?.slice(0, -1)}~`)) throw new Error(`${name} takes a key that it never gave`)
}

async function benchSpeed(url: string, prepared: readonly Prepared[], inFlight: number, effort: Effort): Promise<Target[]> {
  const open = prepared.map(({ checker, secrets }) => ({ checker, secrets, connections: openPool(url) }))
  try {
    const contenders = open.map(({ checker, secrets, connections }): Contender => {
      const call = mustKnow(checker, checker.open(connections), secrets)
      return { name: checker.name, run: (seconds) => closedLoop(call, inFlight, seconds) }
    })
    const title = `API-key checks, ${keyCount} keys, ${inFlight} in flight`
    const runs = await hold({ title, contenders }, effort)
    return peers.map(({ name }) => ({
      what: `API-key checks, ${inFlight} in flight, x ${name}`,
      values: ratiosOf(runs, ours, name),
      atLeast: 8,
    }))
  } finally {
    for (const { connections } of open) await connections.pool.end()
  }
}

const mustKnow =
  ({ name }: KeyChecker, check: (secret: string) => Promise<boolean>, secrets: readonly string[]) =>
  async (): Promise<void> => {
    if (!(await check(secrets[Math.floor(Math.random() * secrets.length)] ?? ''))) throw new Error(`${name} refused a valid key`)
  }

/** Counts what goes to the server. */
async function benchStatements(url: string, prepared: readonly Prepared[]): Promise<Target[]> {
  const counts: [name: string, alone: number, together: number][] = []
  for (const { checker, secrets } of prepared) counts.push([checker.name, ...(await countStatements(url, checker, secrets))])
  console.log('\nStatements for one API-key check')
  printTable([['', '1 in flight', '32 in flight'], ...counts.map(([name, ...numbers]) => [name, ...numbers.map(short)])])
  const alone = counts.flatMap(([name, count]) => (name === ours ? [count] : []))
  return [{ what: 'statements for one API-key check, 1 in flight', values: alone, atMost: 1 }]
}

async function countStatements(url: string, checker: KeyChecker, secrets: readonly string[]): Promise<[alone: number, together: number]> {
  const connections = openPool(url)
  let statements = 0
  connections.pool.on('connect', (client) => countOn(client, () => (statements += 1)))
  try {
    const call = mustKnow(checker, checker.open(connections), secrets)
    await call() // what is done once, such as asking the server what it is
    const per = async (inFlight: number): Promise<number> => {
      const [before, turns] = [statements, 20]
      for (let turn = 0; turn < turns; turn++) await Promise.all(Array.from({ length: inFlight }, call))
      return (statements - before) / (turns * inFlight)
    }
    return [await per(1), await per(32)]
  } finally {
    await connections.pool.end()
  }
}

/** Tells of each statement that a connection sends. */
function countOn(client: PoolClient, tell: () => void): void {
  const query = client.query.bind(client)
  Object.assign(client, {
    query(...parameters: Parameters<typeof query>) {
      tell()
      return query(...parameters)
    },
  })
}
