import { spawn } from 'node:child_process'
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type Measured, measured } from '../support/load.js'
import { accounts, type Cell, type Contender, type Load } from './contender.js'

const debianFolder = '/usr/lib/postgresql'

/** The program, newest version first; `null` where it is not installed. */
export function findPgbench(): string | null {
  const byVersion = folders(debianFolder).sort((a, b) => Number(b) - Number(a))
  const places = [...byVersion.map((version) => join(debianFolder, version, 'bin')), ...(process.env['PATH'] ?? '').split(delimiter)]
  return places.map((place) => join(place, 'pgbench')).find(isProgram) ?? null
}

function folders(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** pgbench with the statement of least work: no key is looked up, no answer is read. What no client can beat one by one. */
export function pgbenchContender(program: string, url: string, maxClients: number): Contender {
  let runs = 0
  return {
    name: 'pgbench',
    async run({ load, inFlight }, seconds) {
      const folder = await mkdtemp(join(tmpdir(), 'tenantry-bench-'))
      try {
        runs += 1
        await writeFile(join(folder, 'spend.sql'), script(load, runs))
        const clients = Math.min(inFlight, maxClients)
        const threads = Math.min(clients, availableParallelism())
        const flags = ['-n', '-M', 'prepared', '-c', `${clients}`, '-j', `${threads}`, '-T', `${Math.ceil(seconds)}`, '-D', 'n=0']
        const output = await runProgram(program, [
          ...flags,
          '-l',
          '--log-prefix',
          join(folder, 'log'),
          '-f',
          join(folder, 'spend.sql'),
          url,
        ])
        return readRun(folder, output)
      } finally {
        await rm(folder, { recursive: true })
      }
    },
  }
}

/** Keys and ids count upwards, as those of tenantry do, and are as long. */
function script(load: Load, run: number): string {
  const name = `'pgbench-${String(run).padStart(4, '0')}-' || lpad(:client_id::text, 4, '0') || lpad(:n::text, 19, '0')`
  return `
\\set a ${load === 'hot' ? '1' : `random(1, ${accounts})`}
\\set n :n + 1
with debit as (
  update tenantry_account set credits = credits - 1, unsettled_spend = unsettled_spend + 1, entry_sequence = entry_sequence + 1
  where id = '00000000-0000-7000-8000-' || lpad(to_hex(:a::bigint), 12, '0') and credits >= 1 and status not in ('suspended', 'cancelled')
  returning id, credits, entry_sequence
)
insert into tenantry_credit_entry
  (id, account_id, sequence, type, amount, balance_after, operation, description, idempotency_key, fingerprint, metadata, hash, created_at)
select ${name}, id, entry_sequence, 'usage', -1, credits, 'article.generate', 'article.generate', ${name},
  'fingerprint-of-22-byte', '{"model":"large"}', '', now()
from debit;
`
}

function runProgram(program: string, parameters: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(`pgbench ended with ${code}:\n${output}`))))
  })
}

/** The rate is pgbench's own, without the time to connect; the latencies are from its log, in microseconds there. */
function readRun(folder: string, output: string): Measured {
  const logs = readdirSync(folder).filter((name) => name.startsWith('log'))
  const lines = logs.flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
  const latencies = lines.map((line) => Number(line.split(' ')[2]) / 1000)
  const perSecond = Number(/tps = ([\d.]+)/.exec(output)?.[1])
  return { ...measured(latencies, 1), perSecond }
}

/** Says what the figures of a cell are of, where not of all clients. */
export const describeClients = ({ inFlight }: Cell, maxClients: number): string =>
  inFlight > maxClients ? ` (pgbench with ${maxClients} clients: the server takes no more connections)` : ''
