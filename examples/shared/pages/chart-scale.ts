/** The axis of a chart: from `bottom` to `top`, with round numbers between them. */
export interface Scale {
  readonly bottom: number
  readonly top: number
  /** From the bottom up; the first is `bottom`, the last `top`. */
  readonly ticks: readonly number[]
}

const mostSteps = 4

/** An axis with 0 and all of these whole numbers on it. Its steps are whole and round: 1, 2 or 5 with noughts. */
export function scaleOf(values: readonly number[]): Scale {
  const lowest = values.reduce((least, value) => Math.min(least, value), 0)
  const highest = values.reduce((most, value) => Math.max(most, value), 0)
  const step = roundStep((highest - lowest) / mostSteps)
  const bottom = Math.floor(lowest / step)
  const top = Math.max(Math.ceil(highest / step), bottom + 1)
  const ticks = Array.from({ length: top - bottom + 1 }, (_, index) => (bottom + index) * step)
  return { bottom: bottom * step, top: top * step, ticks }
}

/** The smallest round step that is not below `least`. */
function roundStep(least: number): number {
  const magnitude = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(least, 1))))
  return [1, 2, 5, 10].map((factor) => factor * magnitude).find((step) => step >= least) ?? 10 * magnitude
}

/** How far up the axis a value is, from 0 at the bottom to 1 at the top. */
export const shareOf = (value: number, { bottom, top }: Scale): number => (value - bottom) / (top - bottom)
