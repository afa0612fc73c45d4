/**
 * How long does hashing passwords keep the event loop from everything else?
 *
 * `npx tsx bench/password-stall.ts` hashes eight passwords at once, with bcryptjs in the main thread and with `bcryptHasher` in its two
 * worker threads, in turns. Shown are the median, the least and the greatest of the rounds.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import bcrypt from 'bcryptjs'
import { bcryptHasher } from '../src/adapters/node/bcrypt-hasher.js'

const cost = 12
const rounds = 5
const atOnce = 8

interface Round {
  /** The longest time in which the loop did not turn. */
  readonly stallMs: number
  readonly hashesPerSecond: number
}

async function measure(hash: (password: string) => Promise<string>): Promise<Round> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  await sleep(50)
  delay.enable()
  await sleep(50)
  delay.reset()
  const start = performance.now()
  await Promise.all(Array.from({ length: atOnce }, (_, index) => hash(`correct horse ${index}`)))
  const seconds = (performance.now() - start) / 1000
  // Time for the monitor to see the last stall.
  await sleep(50)
  delay.disable()
  return { stallMs: delay.max / 1e6, hashesPerSecond: atOnce / seconds }
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)
const median = (values: readonly number[]): number => sorted(values)[Math.floor(values.length / 2)] ?? Number.NaN
const show = (values: readonly number[]): string =>
  `${median(values).toFixed(1)} [${Math.min(...values).toFixed(1)}..${Math.max(...values).toFixed(1)}]`

async function main(): Promise<void> {
  const hasher = bcryptHasher({ cost })
  await hasher.hash('starts the threads')
  const inMain: Round[] = []
  const inWorkers: Round[] = []
  for (let round = 0; round < rounds; round++) {
    inMain.push(await measure((password) => bcrypt.hash(password, cost)))
    inWorkers.push(await measure((password) => hasher.hash(password)))
  }
  const stalls = [inMain, inWorkers].map((side) => side.map(({ stallMs }) => stallMs))
  const speeds = [inMain, inWorkers].map((side) => side.map(({ hashesPerSecond }) => hashesPerSecond))
  const ratio = (pair: readonly number[][]): string => (median(pair[0] ?? []) / median(pair[1] ?? [])).toFixed(2)
  console.log(`${atOnce} bcrypt hashes of cost ${cost} at once, ${rounds} rounds, median [least..greatest]`)
  console.table({
    'longest stall, ms': { 'main thread': show(stalls[0] ?? []), 'two workers': show(stalls[1] ?? []), 'main / workers': ratio(stalls) },
    'hashes per second': { 'main thread': show(speeds[0] ?? []), 'two workers': show(speeds[1] ?? []), 'main / workers': ratio(speeds) },
  })
}

await main()
