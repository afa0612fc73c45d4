import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import type { RunDueResult } from 'tenantry'
import { median, printTable, short, whole, withRange } from '../support/figures.js'
import { describeServer, readServerFacts } from '../support/server.js'
import { openWorld, type World } from './world.js'

const usage = `npm run bench:due -- [options]
  --accounts 10000,1000000   numbers of accounts to compare; the last one is where work is done
  --due 1000                 accounts whose month begins in each round
  --rounds 5                 rounds, in which the contenders take turns
TENANTRY_BENCH_DATABASE_URL names the server; 127.0.0.1:5432 when left out. The bench makes databases of its own and drops them.`

/** How many times faster batches must be than a transaction for each account. */
const wanted = 15
/** How much longer than among the fewest accounts it may take to find that nothing is due. */
const tolerated = 1.2

interface Plan {
  readonly counts: readonly number[]
  readonly due: number
  readonly rounds: number
}

await main(readPlan())

function readPlan(): Plan {
  const { values } = parseArgs({
    options: {
      accounts: { type: 'string', default: '10000,1000000' },
      due: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '5' },
      help: { type: 'boolean', default: false },
    },
  })
  const counts = values.accounts.split(',').map(Number)
  const [due, rounds] = [Number(values.due), Number(values.rounds)]
  const isUnderstood = [...counts, due, rounds].every((number) => Number.isInteger(number) && number > 0)
  if (values.help || !isUnderstood) {
    console.log(usage)
    process.exit(values.help ? 0 : 2)
  }
  return { counts, due, rounds }
}

async function main({ counts, due, rounds }: Plan): Promise<void> {
  const worlds: World[] = []
  try {
    for (const count of counts) {
      console.log(`Writing ${whole(count)} accounts with paid time, credits and ledgers.`)
      worlds.push(await openWorld(count))
    }
    const largest = worlds.at(-1)
    if (largest === undefined) return
    if (!describeServer(await readServerFacts(largest.database.pool))) process.exitCode = 1
    console.log(`Load of the machine: ${loadavg().map(short).join(', ')}.`)
    await compareIdle(worlds, rounds)
    await compareWork(largest, due, rounds)
    await checkBooks(largest, due)
  } finally {
    await Promise.all(worlds.map((world) => world.close()))
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function say(sentence: string, isKept: boolean): void {
  console.log(`  ${isKept ? 'kept  ' : 'MISSED'}  ${sentence}`)
}

/** How long it takes to find that nothing is due. */
async function compareIdle(worlds: readonly World[], rounds: number): Promise<void> {
  const asks = 100
  const times = worlds.map((): number[] => [])
  for (let round = 0; round <= rounds; round++) {
    for (const [index, { tenantry }] of worlds.entries()) {
      const each = (await timed(() => inTurn(asks, () => tenantry.runDue()))) / asks
      if (round > 0) times[index]?.push(each) // the first warms up
    }
  }
  const ratios = times.map((own) => own.map((time, round) => time / (times[0]?.[round] ?? Number.NaN)))
  console.log('\nNothing is due')
  const rows = worlds.map(({ accounts }, index) => [
    whole(accounts),
    withRange(times[index] ?? [], short),
    withRange(ratios[index] ?? [], short),
  ])
  printTable([['accounts', 'ms each', 'x the first'], ...rows])
  const worst = Math.max(...ratios.map(median))
  say(`x ${short(worst)}, at most ${tolerated}`, worst <= tolerated)
}

async function inTurn(times: number, act: () => Promise<unknown>): Promise<void> {
  for (let n = 0; n < times; n++) await act()
}

/** The same work, done in batches, by a transaction for each account, and by three workers at once. */
async function compareWork(world: World, due: number, rounds: number): Promise<void> {
  const { tenantry } = world
  const workers = [world.worker(), world.worker(), world.worker()]
  const times = { batches: [] as number[], 'three workers': [] as number[], 'a transaction each': [] as number[] }
  const shares: string[] = []
  for (let round = 0; round <= rounds; round++) {
    await world.makeDue(due)
    const batches = await timed(async () => expectDone(due, [await tenantry.runDue()]))
    await world.makeDue(due)
    let runs: readonly RunDueResult[] = []
    const together = await timed(async () => {
      runs = await Promise.all(workers.map((worker) => worker.tenantry.runDue()))
    })
    expectDone(due, runs)
    await world.makeDue(due)
    const each = await timed(() => inTurn(due, async () => expectDone(1, [await tenantry.runDue({ limit: 1 })])))
    if (round === 0) continue // warms up
    times.batches.push(batches)
    times['three workers'].push(together)
    times['a transaction each'].push(each)
    shares.push(runs.map(({ accounts }) => accounts).join(' + '))
  }
  for (const worker of workers) await worker.close()
  printWork(world, due, times, shares)
}

/** Whoever does less than all, or more, is no contender. */
function expectDone(due: number, runs: readonly RunDueResult[]): void {
  const sum = (what: 'accounts' | 'creditGrants' | 'creditExpirations'): number => runs.reduce((total, run) => total + run[what], 0)
  if (sum('accounts') !== due || sum('creditGrants') !== due || sum('creditExpirations') !== due) {
    throw new Error(`not ${due} months have begun: ${JSON.stringify(runs)}`)
  }
}

function printWork(world: World, due: number, times: Record<string, number[]>, shares: readonly string[]): void {
  const rows = Object.entries(times).map(([name, own]) => {
    const ratios = own.map((time, round) => time / (times['batches']?.[round] ?? Number.NaN))
    return [name, withRange(own, whole), withRange(ratios, short)]
  })
  console.log(`\nThe month begins for ${whole(due)} of ${whole(world.accounts)} accounts: subscription, credits, ledger and events`)
  printTable([['', 'ms', 'x batches'], ...rows])
  const faster = median((times['a transaction each'] ?? []).map((time, round) => time / (times['batches']?.[round] ?? Number.NaN)))
  say(`batches are ${short(faster)} times faster than a transaction for each account, at least ${wanted}`, faster >= wanted)
  console.log(`  Shares of the three workers, none of which waited 25 ms for a lock: ${shares.join('; ')}`)
}

/** What all contenders have written together must be in order. */
async function checkBooks({ tenantry, database }: World, due: number): Promise<void> {
  const { rows } = await database.pool.query('select id from tenantry_account where lived_until is not null limit $1', [due])
  let entries = 0
  for (const { id: accountId } of rows) {
    const report = await tenantry.verifyBooks({ accountId })
    entries += report.entries
    if (report.ok) continue
    console.error(report.problems)
    process.exitCode = 1
  }
  console.log(`\nThe books of ${whole(rows.length)} of these accounts, ${whole(entries)} entries, have been verified.`)
}
