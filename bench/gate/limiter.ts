import { closedLoop } from '../support/load.js'
import { type Effort, ratiosOf } from '../support/turns.js'
import { type Contender, hold, ours, type Target } from './contest.js'

/** A limit, and the seconds in which it comes back. */
export interface Rule {
  readonly limit: number
  readonly windowSeconds: number
}

/** So many calls that none of the bench is refused. */
export const roomy: Rule = { limit: 10_000_000, windowSeconds: 3600 }

/** So few calls that it shows whether they are counted. */
export const few: Rule = { limit: 5, windowSeconds: 3600 }

/** Asks a limiter for one call: was it admitted? */
export type Take = (key: string) => Promise<boolean>

/** A limiter whose counts are elsewhere. */
export interface Limiter {
  readonly name: string
  readonly make: (rule: Rule) => Take
}

/** Which keys are asked for, and how many calls are under way at once. */
export interface Load {
  readonly keys: 'spread' | 'one'
  readonly inFlight: number
}

/** What is to be reached under a load, against a peer. */
export interface LoadTarget extends Load {
  readonly to: string
  readonly atLeast: number
}

const spread = 10_000

/** Compares limiters that keep their counts in `place`, under three loads. */
export async function benchLimiters(
  place: string,
  limiters: readonly Limiter[],
  wanted: readonly LoadTarget[],
  effort: Effort,
): Promise<Target[]> {
  for (const limiter of limiters) await check(limiter)
  const targets: Target[] = []
  for (const load of loads) {
    const contenders = limiters.map(({ name, make }) => contender(name, make(roomy), load))
    const runs = await hold({ title: `Throttle in ${place}, ${describe(load)}`, contenders }, effort)
    for (const { keys, inFlight, to, atLeast } of wanted) {
      if (keys !== load.keys || inFlight !== load.inFlight) continue
      targets.push({ what: `throttle in ${place}, ${describe(load)}, x ${to}`, values: ratiosOf(runs, ours, to), atLeast })
    }
  }
  return targets
}

const loads: readonly Load[] = [
  { keys: 'spread', inFlight: 32 },
  { keys: 'one', inFlight: 32 },
  { keys: 'spread', inFlight: 1 },
]

const describe = ({ keys, inFlight }: Load): string =>
  `${keys === 'one' ? 'one key' : `spread over ${spread.toLocaleString('en-US')} keys`}, ${inFlight} in flight`

/** Of twenty calls at once on one key a limiter must admit as many as its rule allows. */
async function check({ name, make }: Limiter): Promise<void> {
  const take = make(few)
  const answers = await Promise.all(Array.from({ length: 20 }, () => take('check')))
  const admitted = answers.filter(Boolean).length
  if (admitted !== few.limit) throw new Error(`${name} admitted ${admitted} calls at once instead of ${few.limit}`)
}

/** Keeps asking for calls, all of which must be admitted: what is compared is what limiters do for calls within the limit. */
function contender(name: string, take: Take, { keys, inFlight }: Load): Contender {
  const call = async (): Promise<void> => {
    if (!(await take(keys === 'one' ? 'account-one' : `account-${Math.floor(Math.random() * spread)}`)))
      throw new Error(`${name} refused a call that was within the limit`)
  }
  return { name, run: (seconds) => closedLoop(call, inFlight, seconds) }
}
