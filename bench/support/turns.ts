import type { Measured } from './load.js'

/** What takes part in a comparison. */
export interface Named {
  readonly name: string
}

/** How much is measured: how often each contender has its turn, and how long a turn is. */
export interface Effort {
  readonly rounds: number
  readonly seconds: number
}

/** What the rounds came to, by the name of the contender. */
export type Runs<Result extends Measured = Measured> = ReadonlyMap<string, readonly Result[]>

/** Lets the contenders take turns, so that whatever else the machine does meets all of them. Each warms up first. */
export async function takeTurns<Contender extends Named, Result extends Measured>(
  contenders: readonly Contender[],
  { rounds, seconds }: Effort,
  run: (contender: Contender, seconds: number) => Promise<Result>,
): Promise<Runs<Result>> {
  const runs = new Map<string, Result[]>()
  for (const contender of contenders) {
    await run(contender, Math.min(1, seconds))
    runs.set(contender.name, [])
  }
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) runs.get(contender.name)?.push(await run(contender, seconds))
  }
  return runs
}

/** One figure of a contender, round by round; none where it did not take part. */
export const figuresOf = <Result extends Measured>(runs: Runs<Result>, name: string, figure: keyof Result): number[] =>
  (runs.get(name) ?? []).map((run) => Number(run[figure]))

/** The ratios of the rates of one contender to those of another in the same round. */
export function ratiosOf(runs: Runs, name: string, to: string): number[] {
  const others = figuresOf(runs, to, 'perSecond')
  return figuresOf(runs, name, 'perSecond').flatMap((rate, round) => {
    const other = others[round]
    return other === undefined ? [] : [rate / other]
  })
}
