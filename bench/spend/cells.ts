import { printTable, short, whole, withRange } from '../support/figures.js'
import { type Effort, figuresOf, type Runs, ratiosOf, takeTurns } from '../support/turns.js'
import type { Cell, Contender } from './contender.js'

/** What the rounds of a cell came to. */
export interface CellResult {
  readonly cell: Cell
  readonly runs: Runs
}

/** Lets the contenders take turns in a cell. */
export async function runCell(cell: Cell, contenders: readonly Contender[], effort: Effort): Promise<CellResult> {
  return { cell, runs: await takeTurns(contenders, effort, ({ run }, seconds) => run(cell, seconds)) }
}

/** Prints a cell: medians and ranges of its rounds. */
export function printCell({ cell: { load, inFlight }, runs }: CellResult, note: string): void {
  console.log(`\n${load === 'hot' ? 'One hot account' : 'Spread over 100,000 accounts'}, ${inFlight} in flight${note}`)
  const rows = [...runs.keys()].map((name) => {
    const ratios = ratiosOf(runs, name, 'pgbench')
    return [
      name,
      withRange(figuresOf(runs, name, 'perSecond'), whole),
      withRange(figuresOf(runs, name, 'p50'), short),
      withRange(figuresOf(runs, name, 'p99'), short),
      ratios.length === 0 ? '-' : withRange(ratios, short),
    ]
  })
  printTable([['', 'per second', 'p50 ms', 'p99 ms', 'x pgbench'], ...rows])
}
