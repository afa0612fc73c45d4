import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { type BenchDatabase, openBenchDatabase } from '../support/database.js'
import { short } from '../support/figures.js'
import { describeServer, readServerFacts } from '../support/server.js'
import type { Effort } from '../support/turns.js'
import { printTargets, type Target } from './contest.js'
import { benchHttp } from './http.js'
import { benchKeys } from './keys.js'
import { benchMemory } from './memory.js'
import { benchPostgres } from './postgres.js'
import { benchRedis } from './redis.js'
import { benchSizes } from './sizes.js'

const usage = `npm run bench:gate -- [options]
  --rounds 7             rounds of each comparison, in which the contenders take turns
  --seconds 0.6          how long each of them runs in a round
  --only memory,redis,postgres,keys,http,sizes
It measures the built package. TENANTRY_BENCH_DATABASE_URL and TENANTRY_BENCH_REDIS_URL name the servers; 127.0.0.1 when left out. The bench
makes a database of its own and drops it, and removes its keys from Redis.`

type Part = (effort: Effort, database: () => Promise<BenchDatabase>) => Promise<Target[]>

const parts: Readonly<Record<string, Part>> = {
  memory: benchMemory,
  redis: benchRedis,
  postgres: async (effort, database) => benchPostgres(await database(), effort),
  keys: async (effort, database) => benchKeys(await database(), effort),
  http: async (effort, database) => benchHttp(await database(), effort),
  sizes: async (_effort, database) => benchSizes(await database()),
}

interface Plan extends Effort {
  readonly names: readonly string[]
}

await bench(readPlan())

function readPlan(): Plan {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '0.6' },
      only: { type: 'string', default: Object.keys(parts).join(',') },
      help: { type: 'boolean', default: false },
    },
  })
  const [rounds, seconds, names] = [Number(values.rounds), Number(values.seconds), values.only.split(',')]
  const isUnderstood = Number.isInteger(rounds) && rounds > 0 && seconds > 0 && names.every((name) => Object.hasOwn(parts, name))
  if (values.help || !isUnderstood) {
    console.log(usage)
    process.exit(values.help ? 0 : 2)
  }
  return { rounds, seconds, names }
}

async function bench({ names, ...effort }: Plan): Promise<void> {
  console.log(`Node ${process.version}, load of the machine: ${loadavg().map(short).join(', ')}`)
  let opened: Promise<BenchDatabase> | undefined
  const targets: Target[] = []
  try {
    for (const name of names) targets.push(...((await parts[name]?.(effort, () => (opened ??= openDatabase()))) ?? []))
    printTargets(targets)
  } finally {
    await (await opened)?.drop()
  }
}

async function openDatabase(): Promise<BenchDatabase> {
  const database = await openBenchDatabase()
  if (!describeServer(await readServerFacts(database.pool))) process.exitCode = 1
  return database
}
