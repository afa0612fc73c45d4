import { median, short } from '../support/figures.js'
import { figuresOf, ratiosOf } from '../support/turns.js'
import type { CellResult } from './cells.js'
import type { Cell } from './contender.js'

/** What is to be reached in a cell: ratios of rates, at least. */
interface Budget extends Cell {
  readonly toPgbench: number
  readonly toByHand?: number
  /** Must nearly every call take less time than half of the calls of pgbench? */
  readonly p99BelowItsP50?: boolean
}

const budgets: readonly Budget[] = [
  { load: 'spread', inFlight: 1, toPgbench: 0.75, toByHand: 0.9 },
  { load: 'spread', inFlight: 32, toPgbench: 1.5 },
  { load: 'spread', inFlight: 128, toPgbench: 3 },
  { load: 'spread', inFlight: 256, toPgbench: 3 },
  { load: 'hot', inFlight: 32, toPgbench: 10 },
  { load: 'hot', inFlight: 128, toPgbench: 25, p99BelowItsP50: true },
]

/** Says of each budget of a cell that was measured whether it was kept. */
export function printBudgets(results: readonly CellResult[]): void {
  console.log('\nBudgets, by medians')
  for (const result of results) {
    const { load, inFlight } = result.cell
    const budget = budgets.find((each) => each.load === load && each.inFlight === inFlight)
    if (budget !== undefined) printBudget(budget, result)
  }
}

function printBudget({ load, inFlight, toPgbench, toByHand, p99BelowItsP50 }: Budget, { runs }: CellResult): void {
  const name = `${load}, ${inFlight} in flight:`
  printRatio(`${name} pgbench`, toPgbench, ratiosOf(runs, 'tenantry', 'pgbench'))
  if (toByHand !== undefined) printRatio(`${name} pg by hand`, toByHand, ratiosOf(runs, 'tenantry', 'pg by hand'))
  const halfOfPgbench = figuresOf(runs, 'pgbench', 'p50')
  if (!p99BelowItsP50 || halfOfPgbench.length === 0) return
  const [p99, p50] = [median(figuresOf(runs, 'tenantry', 'p99')), median(halfOfPgbench)]
  say(`${name} p99 of ${short(p99)} ms, below the p50 of pgbench, which is ${short(p50)} ms`, p99 < p50)
}

function printRatio(name: string, wanted: number, ratios: readonly number[]): void {
  if (ratios.length > 0) say(`${name} x ${short(median(ratios))}, at least ${wanted}`, median(ratios) >= wanted)
}

const say = (sentence: string, isKept: boolean): void => console.log(`  ${isKept ? 'kept  ' : 'MISSED'}  ${sentence}`)
