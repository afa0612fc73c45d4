import { TenantryError } from '../../errors.js'

/** More than so many are not kept waiting in one lane. */
const maxWaiting = 1000

/** Lets work through, of each lane a few at once and the others in the order in which they came. Lanes do not wait for each other. */
export interface Turnstile {
  /** Rejects with `throttled` when too many wait in the lane. */
  pass<Result>(lane: string, work: () => Promise<Result>): Promise<Result>
}

interface Lane {
  inside: number
  readonly waiting: (() => void)[]
}

/** A turnstile that lets `width` of each lane through at once. */
export function turnstile(width: number): Turnstile {
  const lanes = new Map<string, Lane>()

  async function enter(name: string): Promise<void> {
    const lane = lanes.get(name) ?? { inside: 0, waiting: [] }
    lanes.set(name, lane)
    if (lane.inside >= width) return queue(lane)
    lane.inside += 1
  }

  function leave(name: string): void {
    const lane = lanes.get(name)
    const next = lane?.waiting.shift()
    if (next !== undefined) next()
    else if (lane !== undefined && --lane.inside === 0) lanes.delete(name)
  }

  return {
    async pass(name, work) {
      await enter(name)
      try {
        return await work()
      } finally {
        leave(name)
      }
    },
  }
}

function queue({ waiting }: Lane): Promise<void> {
  if (waiting.length >= maxWaiting) throw new TenantryError('throttled', { retryAfterSeconds: 1 })
  return new Promise((resolve) => waiting.push(resolve))
}
