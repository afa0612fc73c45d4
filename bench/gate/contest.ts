import { median, printTable, short, whole, withRange } from '../support/figures.js'
import type { Measured } from '../support/load.js'
import { type Effort, figuresOf, type Named, type Runs, ratiosOf, takeTurns } from '../support/turns.js'

/** One way to do the same, tried against the others. */
export interface Contender extends Named {
  run(seconds: number): Promise<Measured>
}

/** What is measured side by side. */
export interface Contest {
  readonly title: string
  readonly contenders: readonly Contender[]
}

/** What is to be reached by the median of these values, which are ratios unless `what` says otherwise. */
export interface Target {
  readonly what: string
  readonly values: readonly number[]
  readonly atLeast?: number
  readonly atMost?: number
}

/** The name under which tenantry takes part. */
export const ours = 'tenantry'

/** What counts as level with another: not 5 % behind it. */
export const level = 0.95

/** Lets the contenders take turns, and prints what came of it. */
export async function hold({ title, contenders }: Contest, effort: Effort): Promise<Runs> {
  console.error(`${title} …`)
  const runs = await takeTurns(contenders, effort, ({ run }, seconds) => run(seconds))
  const columns = figures.filter(({ figure }) => figuresOf(runs, ours, figure).every(Number.isFinite))
  console.log(`\n${title}`)
  printTable([
    ['', ...columns.map(({ head }) => head), `${ours} is x`],
    ...[...runs.keys()].map((name) => [
      name,
      ...columns.map(({ figure, write }) => withRange(figuresOf(runs, name, figure), write)),
      name === ours ? '' : withRange(ratiosOf(runs, ours, name), short),
    ]),
  ])
  return runs
}

/** Calls that are too short to be timed one by one have no latencies. */
const figures = [
  { head: 'per second', figure: 'perSecond', write: whole },
  { head: 'p50 ms', figure: 'p50', write: short },
  { head: 'p99 ms', figure: 'p99', write: short },
] as const

/** Says of each target whether it was reached. */
export function printTargets(targets: readonly Target[]): void {
  if (targets.length > 0) console.log('\nTargets, by medians')
  for (const { what, values, atLeast = -Infinity, atMost = Infinity } of targets) {
    const reached = median(values)
    const wanted = Number.isFinite(atLeast) ? `at least ${atLeast}` : `at most ${atMost}`
    console.log(`  ${reached >= atLeast && reached <= atMost ? 'kept  ' : 'MISSED'}  ${what}: ${withRange(values, short)}, ${wanted}`)
  }
}
