import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type CoalescingOptions, coalesce, type Late } from '../../src/adapters/node/coalescer.js'

interface Request {
  readonly id: number
  readonly lane: string | null
}

interface Outcome {
  readonly answer: string
}

/** A batch that has been sent. */
interface Batch {
  readonly ids: readonly number[]
  readonly end: (error?: Error) => void
}

const fault = Object.assign(new Error('one of you is bad'), { isFaultOfOne: true })
const isFaultOfOne = (error: unknown): boolean => error === fault
const answerTo = ({ id }: Request): Outcome => ({ answer: `answer ${id}` })

const immediate = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Lets the event loop turn, after which what was asked or answered before has been acted upon. */
const turn = async (): Promise<void> => {
  await immediate()
  await immediate()
}

/** Calls of which the test ends each batch itself. */
function byHand(options: Partial<CoalescingOptions<Request, Outcome>> = {}) {
  const batches: Batch[] = []
  const hold = (requests: readonly Request[]): Promise<void> =>
    new Promise((resolve, reject) => {
      batches.push({ ids: requests.map(({ id }) => id), end: (error) => (error === undefined ? resolve() : reject(error)) })
    })
  const ask = coalesce<Request, Outcome>({
    runBatch: (requests) => hold(requests).then(() => requests.map(answerTo)),
    runOne: (request) => hold([request]).then(() => answerTo(request)),
    laneOf: ({ lane }) => lane,
    isFaultOfOne,
    maxBatch: 500,
    ...options,
  })
  const sent = (): (readonly number[])[] => batches.map(({ ids }) => ids)
  return { ask, batches, sent }
}

const requests = (count: number, laneOf: (id: number) => string | null = () => null, from = 0): Request[] =>
  Array.from({ length: count }, (_, index) => ({ id: from + index, lane: laneOf(from + index) }))

// On a busy machine a test takes longer than a batch may: so that time passes by hand.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

describe('calls that wait at the same moment', () => {
  it('travel together, and each gets its own answer', async () => {
    const { ask, batches, sent } = byHand()
    const answers = Promise.all(requests(3).map(ask))
    expect(sent()).toEqual([])
    await turn()
    expect(sent()).toEqual([[0, 1, 2]])
    batches[0]?.end()
    expect(await answers).toEqual(requests(3).map(answerTo))
  })

  it('wait for one another while one is under way, until so many wait that a second batch is worth its while', async () => {
    const { ask, sent } = byHand()
    void ask({ id: 0, lane: null })
    await turn()
    for (const request of requests(15, () => null, 1)) void ask(request)
    await turn()
    expect(sent()).toEqual([[0]])
    void ask({ id: 16, lane: null })
    await turn()
    expect(sent()).toEqual([[0], Array.from({ length: 16 }, (_, index) => index + 1)])
  })

  it('wait while two batches are under way, however many they are', async () => {
    const { ask, batches, sent } = byHand()
    for (const from of [0, 20, 40]) {
      for (const request of requests(20, () => null, from)) void ask(request)
      await turn()
    }
    expect(sent()).toHaveLength(2)
    batches[0]?.end()
    await turn()
    expect(sent()).toHaveLength(3)
  })

  it('are sent as soon as nothing else is under way, however few they are', async () => {
    const { ask, batches, sent } = byHand()
    void ask({ id: 0, lane: null })
    await turn()
    void ask({ id: 1, lane: null })
    batches[0]?.end()
    await turn()
    expect(sent()).toEqual([[0], [1]])
  })

  it('are shared out to two batches where that is faster, once there are enough of them', async () => {
    const { ask, batches, sent } = byHand({ inParallel: true })
    for (const request of requests(41)) void ask(request)
    await turn()
    expect(sent().map((ids) => ids.length)).toEqual([21, 20])
    for (const batch of batches) batch.end()
    await turn()
    for (const request of requests(31, () => null, 41)) void ask(request)
    await turn()
    expect(sent().map((ids) => ids.length)).toEqual([21, 20, 31])
  })

  it('are shared out by whole lanes: one that is alone travels whole', async () => {
    const alone = byHand({ inParallel: true })
    for (const request of requests(40, () => 'a')) void alone.ask(request)
    await turn()
    expect(alone.sent().map((ids) => ids.length)).toEqual([40])
    const among = byHand({ inParallel: true })
    for (const request of requests(60, (id) => (id < 40 ? 'a' : `b${id}`))) void among.ask(request)
    await turn()
    expect(among.sent().map((ids) => ids.length)).toEqual([40, 20])
  })

  it('fill batches of at most so many', async () => {
    const { ask, sent } = byHand({ maxBatch: 30 })
    for (const request of requests(40)) void ask(request)
    await turn()
    expect(sent().map((ids) => ids.length)).toEqual([30])
    for (const request of requests(40, () => null, 40)) void ask(request)
    await turn()
    expect(sent().map((ids) => ids.length)).toEqual([30, 30])
  })

  it('pass by a batch that is stuck', async () => {
    const { ask, batches, sent } = byHand()
    const stuck = ask({ id: 0, lane: null })
    await turn()
    const next = ask({ id: 1, lane: null })
    await turn()
    expect(sent()).toEqual([[0]])
    vi.advanceTimersByTime(100)
    await turn()
    expect(sent()).toEqual([[0], [1]])
    batches[1]?.end()
    expect(await next).toEqual({ answer: 'answer 1' })
    batches[0]?.end()
    expect(await stuck).toEqual({ answer: 'answer 0' })
  })

  it('leave as many places as before when a batch that was stuck comes back', async () => {
    const { ask, batches, sent } = byHand()
    void ask({ id: 0, lane: null })
    await turn()
    vi.advanceTimersByTime(100)
    batches[0]?.end()
    for (const from of [100, 200, 300]) {
      for (const request of requests(20, () => null, from)) void ask(request)
      await turn()
    }
    expect(sent()).toHaveLength(3)
  })
})

describe('calls of one lane', () => {
  it('wait for the batch that has some of them, and others do not', async () => {
    const { ask, batches, sent } = byHand()
    void ask({ id: 0, lane: 'a' })
    await turn()
    void ask({ id: 1, lane: 'a' })
    for (const request of requests(16, () => null, 100)) void ask(request)
    await turn()
    expect(sent()).toEqual([[0], requests(16, () => null, 100).map(({ id }) => id)])
    batches[0]?.end()
    await turn()
    expect(sent()).toHaveLength(2)
    batches[1]?.end()
    await turn()
    expect(sent()[2]).toEqual([1])
  })

  it('wait for a late answer, and the next batch does not', async () => {
    const late: ((outcome: Outcome) => void)[] = []
    const runBatch = vi.fn(
      async (asked: readonly Request[]): Promise<readonly Late<Outcome>[]> =>
        asked.map((request) => (request.id === 0 ? new Promise<Outcome>((resolve) => late.push(resolve)) : answerTo(request))),
    )
    const { ask } = byHand({ runBatch, runOne: async (request) => answerTo(request) })
    const order: number[] = []
    const tell = (request: Request): Promise<number> => ask(request).then(() => order.push(request.id))
    const slow = tell({ id: 0, lane: 'a' })
    await tell({ id: 1, lane: null })
    const behind = tell({ id: 2, lane: 'a' })
    await tell({ id: 3, lane: null })
    expect(order).toEqual([1, 3])
    late[0]?.({ answer: 'at last' })
    await Promise.all([slow, behind])
    expect(order).toEqual([1, 3, 0, 2])
  })
})

describe('a batch that fails', () => {
  const failing = (bad: (request: Request) => boolean) => {
    const runs: (readonly number[])[] = []
    const run = async (asked: readonly Request[]): Promise<Outcome[]> => {
      runs.push(asked.map(({ id }) => id))
      if (asked.some(bad)) throw fault
      return asked.map(answerTo)
    }
    const { ask } = byHand({ runBatch: run, runOne: async (request) => (await run([request]))[0] as Outcome })
    return { ask, runs }
  }

  it('through the fault of one fails that one alone', async () => {
    const { ask, runs } = failing(({ id }) => id === 5)
    const settled = await Promise.allSettled(requests(100).map(ask))
    expect(settled.map(({ status }) => status)).toEqual(requests(100).map(({ id }) => (id === 5 ? 'rejected' : 'fulfilled')))
    expect(settled[5]).toMatchObject({ reason: fault })
    expect(runs.length).toBeLessThan(20)
  })

  it('keeps the order of a lane when it is run again', async () => {
    const { ask, runs } = failing(({ id }) => id === 2)
    await Promise.allSettled(requests(6, () => 'a').map(ask))
    expect(runs).toEqual([[0, 1, 2, 3, 4, 5], [0, 1, 2], [0, 1], [2], [3, 4, 5]])
  })

  it('and is run again in halves lets the second wait for what comes late of the first', async () => {
    const late: ((outcome: Outcome) => void)[] = []
    const runs: (readonly number[])[] = []
    const run = async (asked: readonly Request[]): Promise<Late<Outcome>[]> => {
      runs.push(asked.map(({ id }) => id))
      if (asked.some(({ id }) => id === 2)) throw fault
      return asked.map((request) => (request.id === 0 ? new Promise<Outcome>((resolve) => late.push(resolve)) : answerTo(request)))
    }
    const { ask } = byHand({ runBatch: run, runOne: async (request) => (await run([request]))[0] as Outcome })
    const settled = Promise.allSettled(requests(4, () => 'a').map(ask))
    await turn()
    expect(runs).toEqual([
      [0, 1, 2, 3],
      [0, 1],
    ])
    late[0]?.({ answer: 'at last' })
    expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    expect(runs.slice(2)).toEqual([[2, 3], [2], [3]])
  })

  it('in any other way is never run again: all of it get the error', async () => {
    const { ask, batches, sent } = byHand()
    const answers = Promise.allSettled(requests(3).map(ask))
    await turn()
    const lost = new Error('connection lost')
    batches[0]?.end(lost)
    expect(await answers).toEqual(requests(3).map(() => ({ status: 'rejected', reason: lost })))
    expect(sent()).toHaveLength(1)
  })

  it('is over like any other: the next is sent', async () => {
    const { ask, batches, sent } = byHand()
    const first = ask({ id: 0, lane: 'a' })
    await turn()
    const second = ask({ id: 1, lane: 'a' })
    batches[0]?.end(new Error('no'))
    await expect(first).rejects.toThrow('no')
    await turn()
    expect(sent()).toEqual([[0], [1]])
    batches[1]?.end()
    expect(await second).toEqual({ answer: 'answer 1' })
  })

  it('because it answers too little is a bug, and everybody hears of it', async () => {
    const { ask } = byHand({ runBatch: async () => [] })
    const settled = await Promise.allSettled(requests(2).map(ask))
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })
})

describe('whatever happens', () => {
  type Fate = 'answered' | 'late' | 'bad' | 'lost'

  interface Plan {
    readonly lane: string | null
    readonly fate: Fate
    /** In which turn of the event loop it is asked. */
    readonly at: number
    /** For how many turns its batch is away; once more if it is late. */
    readonly takes: number
  }

  const plan = fc.record<Plan>({
    lane: fc.constantFrom(null, null, 'a', 'b', 'c', 'd'),
    fate: fc.constantFrom<Fate[]>('answered', 'answered', 'answered', 'answered', 'late', 'bad', 'lost'),
    at: fc.integer({ min: 0, max: 12 }),
    takes: fc.integer({ min: 0, max: 5 }),
  })

  const lost = new Error('lost')

  const turns = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done++) await immediate()
  }

  /** A server that does what is planned, and what was seen there. */
  function server(plans: readonly Plan[]) {
    const seen = { most: 0, largest: 0, done: [] as number[], lost: new Set<number>(), sharedLanes: 0 }
    const holders = new Set<string>()
    let inFlight = 0
    const planOf = (id: number): Plan => plans[id] as Plan
    const has = (asked: readonly Request[], fate: Fate): boolean => asked.some(({ id }) => planOf(id).fate === fate)

    /** From when a batch is sent until all that it has of a lane is answered, nothing else may have any of that lane. */
    function hold(asked: readonly Request[]): (answers: readonly Late<Outcome>[]) => void {
      const lanes = [...new Set(asked.flatMap(({ lane }) => lane ?? []))]
      for (const lane of lanes) {
        if (holders.has(lane)) seen.sharedLanes += 1
        holders.add(lane)
      }
      const release = (lane: string, answers: readonly Late<Outcome>[]): Promise<boolean> =>
        Promise.allSettled(answers.filter((_, index) => asked[index]?.lane === lane)).then(() => holders.delete(lane))
      return (answers) => lanes.map((lane) => release(lane, answers))
    }

    function act(asked: readonly Request[]): Late<Outcome>[] {
      if (has(asked, 'bad')) throw fault
      seen.done.push(...asked.map(({ id }) => id))
      if (!has(asked, 'lost')) return asked.map((request) => (planOf(request.id).fate === 'late' ? late(request) : answerTo(request)))
      for (const { id } of asked) seen.lost.add(id)
      throw lost
    }

    const late = (request: Request): Promise<Outcome> => turns(planOf(request.id).takes).then(() => answerTo(request))

    async function run(asked: readonly Request[]): Promise<readonly Late<Outcome>[]> {
      inFlight += 1
      seen.most = Math.max(seen.most, inFlight)
      seen.largest = Math.max(seen.largest, asked.length)
      const release = hold(asked)
      await turns(Math.max(...asked.map(({ id }) => planOf(id).takes)))
      inFlight -= 1
      let answers: Late<Outcome>[] = []
      try {
        answers = act(asked)
        return answers
      } finally {
        release(answers)
      }
    }
    return { seen, run }
  }

  async function carryOut(plans: readonly Plan[], maxBatch: number) {
    const { seen, run } = server(plans)
    const ask = coalesce<Request, Outcome>({
      runBatch: run,
      runOne: async (request) => (await run([request]))[0] as Outcome,
      laneOf: ({ lane }) => lane,
      isFaultOfOne,
      maxBatch,
    })
    const arrivals: number[] = []
    const call = async ({ lane, at }: Plan, id: number): Promise<Outcome> => {
      await turns(at)
      arrivals.push(id)
      return ask({ id, lane })
    }
    return { seen, arrivals, answers: await Promise.allSettled(plans.map(call)) }
  }

  it('everybody gets their own answer, what they asked is done once, in the order of their lane, and the bounds hold', async () => {
    const reached = { batches: 0, faults: 0, losses: 0 }
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { maxLength: 120 }), fc.integer({ min: 1, max: 40 }), async (plans, maxBatch) => {
        const { seen, arrivals, answers } = await carryOut(plans, maxBatch)
        const expected = plans.map(({ fate }, id) => {
          if (fate === 'bad') return { status: 'rejected', reason: fault }
          return seen.lost.has(id) ? { status: 'rejected', reason: lost } : { status: 'fulfilled', value: answerTo({ id, lane: null }) }
        })
        expect(answers).toEqual(expected)
        const good = (id: number): boolean => plans[id]?.fate !== 'bad'
        expect(seen.done.toSorted((a, b) => a - b)).toEqual(arrivals.filter(good).toSorted((a, b) => a - b))
        for (const lane of ['a', 'b', 'c', 'd']) {
          const ofLane = (id: number): boolean => plans[id]?.lane === lane
          expect(seen.done.filter(ofLane)).toEqual(arrivals.filter((id) => ofLane(id) && good(id)))
        }
        expect(seen.sharedLanes).toBe(0)
        expect(seen.most).toBeLessThanOrEqual(2)
        expect(seen.largest).toBeLessThanOrEqual(maxBatch)
        reached.batches += seen.largest > 1 ? 1 : 0
        reached.faults +=
          seen.lost.size < plans.length && answers.some((answer) => answer.status === 'rejected' && answer.reason === fault) ? 1 : 0
        reached.losses += seen.lost.size > 1 ? 1 : 0
      }),
      { numRuns: 200 },
    )
    expect(Math.min(...Object.values(reached))).toBeGreaterThan(20)
  })
})
