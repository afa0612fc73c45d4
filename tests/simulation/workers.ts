import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Delivery, Said, Told } from './worker.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Processes that run what is due and deliver events, over and over, and that come back when they are killed. */
export interface Workers {
  /** Tells all of them what time it is, and to work. */
  readonly tell: (now: Date) => void
  /** Lets all of them rest, and waits until they do. */
  readonly rest: (now: Date) => Promise<void>
  /** Ends one of them without a word, so many milliseconds after it has begun to look what is due. */
  readonly kill: (index: number, delay: number) => void
  readonly close: () => Promise<void>
  /** What was delivered so far. */
  readonly deliveries: () => Deliveries
  readonly tally: Readonly<Tally>
}

/** The ids of delivered events by account and number, and what is wrong with their order. */
export interface Deliveries {
  readonly events: ReadonlyMap<string, ReadonlyMap<number, string>>
  readonly faults: readonly string[]
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
  isResting: boolean
  /** How long it still has once it begins, in milliseconds; `null` where nothing is to happen to it. */
  doom: number | null
}

/** Starts so many workers on a database. */
export function startWorkers(url: string, count: number): Workers {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-simulation-'))
  const file = join(folder, 'deliveries')
  writeFileSync(file, '')
  const tally: Tally = { kills: 0, killsWhileRunning: 0, accounts: Array(count).fill(0), faults: [] }
  const places = Array.from({ length: count }, (): Place => ({ child: null, isRunning: false, isResting: false, doom: null }))
  let order: Told | null = null
  let isOver = false

  const hear = (place: Place, index: number, said: Said): void => {
    place.isRunning = said.said === 'begins'
    place.isResting = said.said === 'rests'
    if (said.said === 'begins') doTo(place)
    if (said.said !== 'has run') return
    tally.accounts[index] = (tally.accounts[index] ?? 0) + said.accounts
    tally.faults.push(...said.failures)
  }
  const doTo = (place: Place): void => {
    const { child, doom } = place
    if (child === null || doom === null) return
    place.doom = null
    const strike = (): void => {
      if (child.kill('SIGKILL')) tally.kills += 1
    }
    // At once, and not after a turn of the event loop, in which a quick worker has done what is due.
    if (doom === 0) strike()
    else setTimeout(strike, doom)
  }
  const start = (place: Place, index: number): void => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'tests/simulation/worker.ts', url, file], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    place.child = child
    if (order !== null) child.send(order, () => {})
    if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', (line) => hear(place, index, JSON.parse(line)))
    child.once('close', (code, signal) => {
      if (isOver) return
      if (signal !== 'SIGKILL') tally.faults.push(`worker ${index} ended by itself, with ${code ?? signal}`)
      else if (place.isRunning) tally.killsWhileRunning += 1
      place.isRunning = false
      place.isResting = false
      if (signal === 'SIGKILL') start(place, index)
    })
  }
  const give = (told: Told): void => {
    order = told
    // One that is dying does not hear it; who takes its place is told.
    for (const { child } of places) if (child?.connected) child.send(told, () => {})
  }
  places.forEach(start)
  return {
    deliveries: () => readDeliveries(file),
    tally,
    tell: (now) => give({ now: now.toISOString(), rests: false }),
    async rest(now) {
      give({ now: now.toISOString(), rests: true })
      while (!places.every(({ isResting }) => isResting)) await sleep(5)
    },
    kill(index, delay) {
      const place = places[index]
      if (place !== undefined) place.doom = delay
    },
    async close() {
      isOver = true
      await Promise.all(places.map(({ child }) => end(child)))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Events as they were first delivered, by account and number; and what is wrong with their order. */
function readDeliveries(file: string): Deliveries {
  const events = new Map<string, Map<number, string>>()
  const faults: string[] = []
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  for (const { accountId, sequence, id } of lines.map((line): Delivery => JSON.parse(line))) {
    const own = events.get(accountId) ?? new Map<number, string>()
    if (!own.has(sequence) && own.size + 1 !== sequence) faults.push(`${accountId}: event ${sequence} came before event ${own.size + 1}`)
    if ((own.get(sequence) ?? id) !== id) faults.push(`${accountId}: event ${sequence} was two events`)
    events.set(accountId, own.set(sequence, id))
  }
  return { events, faults }
}

async function end(child: ChildProcess | null): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}
