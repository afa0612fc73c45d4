import { parseArgs } from 'node:util'
import { median, printTable, short, whole, withRange } from '../support/figures.js'
import { closedLoop } from '../support/load.js'
import { describeServer, readServerFacts } from '../support/server.js'
import { type Ledger, openLedger } from './ledger.js'

const usage = `npm run bench:ledger-size -- [options]
  --entries 10000,1000000   lengths of the ledger, each at least 10,000; 10000000 takes some minutes to write
  --rounds 5                rounds, in which the ledgers take turns
  --seconds 1               how long each question is asked in a round
TENANTRY_BENCH_DATABASE_URL names the server; 127.0.0.1:5432 when left out. The bench makes databases of its own and drops them.`

/** How much longer than with the shortest ledger anything may take, except for what grows with the account itself. */
const tolerated = 1.2

/** Something that is asked, by so many callers at once. */
interface Question {
  readonly name: string
  readonly inFlight: number
  readonly ask: (ledger: Ledger) => Promise<unknown>
  /** Does its answer grow with the ledger? */
  readonly grows?: boolean
}

const lastMonth = () => ({ from: new Date(Date.now() - 30 * 86_400_000), to: new Date(), by: 'day' }) as const

const questions: readonly Question[] = [
  { name: 'spend, 8 in flight', inFlight: 8, ask: ({ spend }) => spend() },
  { name: 'balance', inFlight: 1, ask: ({ tenantry, anyAccount }) => tenantry.creditBalance({ accountId: anyAccount() }) },
  {
    name: 'newest 50 entries',
    inFlight: 1,
    ask: ({ tenantry, anyAccount }) => tenantry.listCreditEntries({ accountId: anyAccount(), limit: 50 }),
  },
  {
    name: 'report by day',
    inFlight: 1,
    ask: ({ tenantry, anyAccount }) => tenantry.usageReport({ accountId: anyAccount(), ...lastMonth() }),
  },
  {
    name: 'report by day, account with 1 %',
    inFlight: 1,
    ask: ({ tenantry, busyAccount }) => tenantry.usageReport({ accountId: busyAccount, ...lastMonth() }),
    grows: true,
  },
]

await main(readPlan())

function readPlan() {
  const { values } = parseArgs({
    options: {
      entries: { type: 'string', default: '10000,1000000' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  })
  const lengths = values.entries.split(',').map(Number)
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)]
  const isUnderstood = lengths.every((length) => length >= 10_000) && rounds >= 1 && seconds > 0
  if (values.help || !isUnderstood) {
    console.log(usage)
    process.exit(values.help ? 0 : 2)
  }
  return { lengths, rounds, seconds }
}

async function main({ lengths, rounds, seconds }: ReturnType<typeof readPlan>): Promise<void> {
  const ledgers: Ledger[] = []
  try {
    for (const length of lengths) {
      console.log(`Writing a ledger of ${whole(length)} entries.`)
      ledgers.push(await openLedger(length))
    }
    const [first] = ledgers
    if (first !== undefined && !describeServer(await readServerFacts(first.pool))) process.exitCode = 1
    for (const question of questions) await compare(question, ledgers, rounds, seconds)
  } finally {
    await Promise.all(ledgers.map((ledger) => ledger.close()))
  }
}

/** Asks all ledgers in turns, and prints how long an answer takes, and how much longer than with the first ledger. */
async function compare(
  { name, inFlight, ask, grows = false }: Question,
  ledgers: readonly Ledger[],
  rounds: number,
  seconds: number,
): Promise<void> {
  const times = ledgers.map((): number[] => [])
  for (const ledger of ledgers) await closedLoop(() => ask(ledger), inFlight, 0.5)
  for (let round = 0; round < rounds; round++) {
    for (const [index, ledger] of ledgers.entries())
      times[index]?.push(1000 / (await closedLoop(() => ask(ledger), inFlight, seconds)).perSecond)
  }
  const rows = ledgers.map(({ entries }, index) => {
    const ratios = (times[index] ?? []).map((time, round) => time / (times[0]?.[round] ?? Number.NaN))
    const isKept = grows || median(ratios) <= tolerated
    return [whole(entries), withRange(times[index] ?? [], short), withRange(ratios, short), grows ? '' : isKept ? 'kept' : 'MISSED']
  })
  console.log(`\n${name}`)
  printTable([['entries', 'ms each', 'x the first', `at most ${tolerated}`], ...rows])
}
