import { parseArgs } from 'node:util'
import { createTenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { accountId, addAccounts, type BenchDatabase, openBenchDatabase } from '../support/database.js'
import { describeServer, readServerFacts } from '../support/server.js'
import type { Effort } from '../support/turns.js'
import { printBudgets } from './budgets.js'
import { type CellResult, printCell, runCell } from './cells.js'
import { accounts, type Cell, type Contender, type Load, pickAccount } from './contender.js'
import { byHandContender, sixTripsContender, tenantryContender } from './in-process.js'
import { describeClients, findPgbench, pgbenchContender } from './pgbench.js'

const usage = `npm run bench:spend -- [options]
  --rounds 5             rounds of each cell, in which the contenders take turns
  --seconds 2            how long each of them runs in a round, in whole seconds
  --load spread,hot      spread over 100,000 accounts, one hot account
  --in-flight 1,8,32,128,256
TENANTRY_BENCH_DATABASE_URL names the server; 127.0.0.1:5432 when left out. The bench makes a database of its own and drops it.`

/** Connections that the bench itself needs, and some to spare. */
const ownConnections = 15

interface Plan extends Effort {
  readonly cells: readonly Cell[]
}

const plan = readPlan()
const database = await openBenchDatabase()
try {
  await bench(plan, database)
} finally {
  await database.drop()
}

function readPlan(): Plan {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '2' },
      load: { type: 'string', default: 'spread,hot' },
      'in-flight': { type: 'string', default: '1,8,32,128,256' },
      help: { type: 'boolean', default: false },
    },
  })
  const loads = values.load.split(',')
  const numbers = [values.rounds, values.seconds, ...values['in-flight'].split(',')].map(Number)
  const isUnderstood =
    loads.every((load) => load === 'spread' || load === 'hot') && numbers.every((number) => Number.isInteger(number) && number > 0)
  if (values.help || !isUnderstood) {
    console.log(usage)
    process.exit(values.help ? 0 : 2)
  }
  const [rounds = 0, seconds = 0, ...inFlights] = numbers
  return { rounds, seconds, cells: (loads as Load[]).flatMap((load) => inFlights.map((inFlight) => ({ load, inFlight }))) }
}

async function bench({ cells, ...effort }: Plan, database: BenchDatabase): Promise<void> {
  const facts = await readServerFacts(database.pool)
  if (!describeServer(facts)) process.exitCode = 1
  console.log(`Adding ${accounts.toLocaleString('en-US')} accounts.`)
  await addAccounts(database.pool, accounts)

  const maxClients = facts.maxConnections - facts.connectionsInUse - ownConnections
  const contenders = [
    tenantryContender(database),
    ...pgbench(database.url, maxClients),
    byHandContender(database),
    sixTripsContender(database),
  ]
  const results: CellResult[] = []
  for (const cell of cells) {
    const result = await runCell(cell, contenders, effort)
    printCell(result, describeClients(cell, maxClients))
    results.push(result)
  }
  printBudgets(results)
  await checkBooks(database)
}

function pgbench(url: string, maxClients: number): Contender[] {
  const program = findPgbench()
  if (program !== null) return [pgbenchContender(program, url, maxClients)]
  console.error(
    'pgbench is not installed, so that nothing is compared with it. On Debian it is in the package postgresql-contrib or postgresql-15.',
  )
  process.exitCode = 1
  return []
}

/** What all contenders have written together must be in order, but for the hashes, which only tenantry writes. */
async function checkBooks({ db }: BenchDatabase): Promise<void> {
  const tenantry = createTenantry({ store: kyselyStore(db) })
  const sample = [accountId(1), ...Array.from({ length: 50 }, () => pickAccount('spread'))]
  let entries = 0
  for (const accountId of sample) {
    const report = await tenantry.verifyBooks({ accountId })
    entries += report.entries
    const problems = report.problems.filter(({ invariant }) => !invariant.startsWith('hash_'))
    if (problems.length === 0) continue
    console.error(problems)
    process.exitCode = 1
  }
  console.log(
    `\nThe books of the hot account and of 50 others, ${entries.toLocaleString('en-US')} entries, have been verified, without their hashes.`,
  )
}
