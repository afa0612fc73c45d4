import { printTable, short, whole, withRange } from '../support/figures.js'
import type { Measured } from '../support/load.js'
import type { Cell, Contender } from './contender.js'

/** How much is measured. */
export interface Effort {
  readonly rounds: number
  readonly seconds: number
}

/** What the rounds of a cell came to, by the name of the contender. */
export interface CellResult {
  readonly cell: Cell
  readonly runs: ReadonlyMap<string, readonly Measured[]>
}

/** Lets the contenders take turns, so that whatever else the machine does meets all of them. */
export async function runCell(cell: Cell, contenders: readonly Contender[], { rounds, seconds }: Effort): Promise<CellResult> {
  const runs = new Map<string, Measured[]>()
  for (const { name, run } of contenders) {
    await run(cell, Math.min(1, seconds))
    runs.set(name, [])
  }
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of contenders) runs.get(name)?.push(await run(cell, seconds))
  }
  return { cell, runs }
}

/** One figure of a contender, round by round; none where it did not take part. */
export const figuresOf = ({ runs }: CellResult, name: string, figure: keyof Measured): number[] =>
  (runs.get(name) ?? []).map((run) => run[figure])

/** The ratios of the rates of one contender to those of another in the same round. */
export function ratiosOf(result: CellResult, name: string, to: string): number[] {
  const others = figuresOf(result, to, 'perSecond')
  return figuresOf(result, name, 'perSecond').flatMap((rate, round) => {
    const other = others[round]
    return other === undefined ? [] : [rate / other]
  })
}

/** Prints a cell: medians and ranges of its rounds. */
export function printCell(result: CellResult, note: string): void {
  const { load, inFlight } = result.cell
  console.log(`\n${load === 'hot' ? 'One hot account' : 'Spread over 100,000 accounts'}, ${inFlight} in flight${note}`)
  const rows = [...result.runs.keys()].map((name) => {
    const ratios = ratiosOf(result, name, 'pgbench')
    return [
      name,
      withRange(figuresOf(result, name, 'perSecond'), whole),
      withRange(figuresOf(result, name, 'p50'), short),
      withRange(figuresOf(result, name, 'p99'), short),
      ratios.length === 0 ? '-' : withRange(ratios, short),
    ]
  })
  printTable([['', 'per second', 'p50 ms', 'p99 ms', 'x pgbench'], ...rows])
}
