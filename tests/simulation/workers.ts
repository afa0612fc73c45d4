import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Said } from './worker.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Processes that run what is due and deliver events, over and over, and that come back when they are killed. */
export interface Workers {
  /** Tells all of them what time it is. */
  readonly tell: (now: Date) => void
  /** Ends one of them at once, without a word. */
  readonly kill: (index: number) => void
  readonly close: () => Promise<void>
  /** What was delivered, by account: the numbers and ids of the events in the order of their first delivery. */
  readonly delivered: ReadonlyMap<string, ReadonlyMap<number, string>>
  readonly tally: Readonly<Tally>
}

interface Tally {
  kills: number
  /** Of the kills, those in the middle of a run. */
  killsWhileRunning: number
  /** Accounts that were brought up to date, by worker. */
  readonly accounts: number[]
  /** What should not have happened. */
  readonly faults: string[]
}

interface Place {
  child: ChildProcess | null
  isRunning: boolean
}

/** Starts so many workers on a database. */
export function startWorkers(url: string, count: number): Workers {
  const delivered = new Map<string, Map<number, string>>()
  const tally: Tally = { kills: 0, killsWhileRunning: 0, accounts: Array(count).fill(0), faults: [] }
  const places = Array.from({ length: count }, (): Place => ({ child: null, isRunning: false }))
  let now: Date | null = null
  let isOver = false

  const hear = (place: Place, index: number, said: Said): void => {
    if (said.said === 'delivered') noteDelivery(delivered, said, tally)
    else place.isRunning = said.said === 'begins'
    if (said.said !== 'has run') return
    tally.accounts[index] = (tally.accounts[index] ?? 0) + said.accounts
    tally.faults.push(...said.failures)
  }
  const start = (place: Place, index: number): void => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'tests/simulation/worker.ts', url], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    place.child = child
    if (now !== null) child.send(now.toISOString(), () => {})
    if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', (line) => hear(place, index, JSON.parse(line)))
    child.once('close', (code, signal) => {
      if (isOver) return
      if (signal !== 'SIGKILL') tally.faults.push(`worker ${index} ended by itself, with ${code ?? signal}`)
      else if (place.isRunning) tally.killsWhileRunning += 1
      place.isRunning = false
      if (signal === 'SIGKILL') start(place, index)
    })
  }
  places.forEach(start)
  return {
    delivered,
    tally,
    tell(moment) {
      now = moment
      // One that is dying does not hear it; who takes its place is told.
      for (const { child } of places) if (child?.connected) child.send(moment.toISOString(), () => {})
    },
    kill(index) {
      if (places[index]?.child?.kill('SIGKILL')) tally.kills += 1
    },
    async close() {
      isOver = true
      await Promise.all(places.map(({ child }) => end(child)))
    },
  }
}

function noteDelivery(
  delivered: Map<string, Map<number, string>>,
  { accountId, sequence, id }: Extract<Said, { said: 'delivered' }>,
  { faults }: Tally,
): void {
  const own = delivered.get(accountId) ?? new Map<number, string>()
  if (!own.has(sequence) && own.size + 1 !== sequence) faults.push(`${accountId}: event ${sequence} came before event ${own.size + 1}`)
  if ((own.get(sequence) ?? id) !== id) faults.push(`${accountId}: event ${sequence} was two events`)
  delivered.set(accountId, own.set(sequence, id))
}

async function end(child: ChildProcess | null): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}
