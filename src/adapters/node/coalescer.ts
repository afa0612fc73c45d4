import { invariant } from '../../errors.js'
import { createLanes, type Taken } from './lanes.js'

/** An answer, or, where it takes longer than those of its neighbours, the promise of one. */
export type Late<Answer> = Answer | Promise<Answer>

/** How calls of one kind are answered. */
export interface Coalescing<Request, Answer> {
  /**
   * Answers several requests, in their order. It must not wait for what only some of them need: their answers are promises then, for which
   * the next batch does not wait either. (An answer is never itself a promise.)
   */
  readonly runBatch: (requests: readonly Request[]) => Promise<readonly Late<Answer>[]>
  /** Answers a request that travels alone. */
  readonly runOne: (request: Request) => Promise<Answer>
  /**
   * May one request be to blame for this error of a batch, and has the batch done nothing? Only then is it run again, in halves, so that a
   * bad request fails alone. Any other error is the answer to all of the batch.
   */
  readonly isFaultOfOne: (error: unknown) => boolean
}

/** Which calls travel together. */
export interface CoalescingOptions<Request, Answer> extends Coalescing<Request, Answer> {
  /** Requests of one lane are answered in order of arrival and never travel in two batches at once; `null` for a request that minds none. */
  readonly laneOf: (request: Request) => string | null
  /** How many requests a batch holds at most. */
  readonly maxBatch: number
  /** Are two batches at the same time faster than one of all that wait? They are not where each has to wait for the disk. */
  readonly inParallel?: boolean
}

/** A call that waits to be sent. */
interface Call<Request, Answer> {
  readonly request: Request
  readonly resolve: (answer: Late<Answer>) => void
  readonly reject: (error: unknown) => void
}

const maxInFlight = 2
/** So many must wait before a batch is sent beside another one: smaller ones would only crowd the server. */
const worthSending = 16
/** A batch that is away for so long is stuck, behind a lock or on a dead connection, and must not hold up those that are not. */
const patienceMs = 100

/**
 * Lets calls of one kind that wait at the same moment travel together. Nobody waits for company: when nothing is under way, whatever came
 * in this turn of the event loop is sent at once; what comes meanwhile forms the next batch.
 */
export function coalesce<Request, Answer>(options: CoalescingOptions<Request, Answer>): (request: Request) => Promise<Answer> {
  const { laneOf, maxBatch, inParallel = false } = options
  const lanes = createLanes<Call<Request, Answer>>(({ request }) => laneOf(request), wake)
  let inFlight = 0
  let isAwake = false

  const mayStart = (): boolean => inFlight < maxInFlight && lanes.size() >= (inFlight === 0 ? 1 : worthSending)

  function wake(): void {
    if (isAwake || !mayStart()) return
    isAwake = true
    setImmediate(startBatches)
  }

  function startBatches(): void {
    isAwake = false
    while (mayStart()) void start(lanes.take(maxBatch, share()))
  }

  /** How many of those that wait the next batch is to hold. */
  function share(): number {
    const waiting = lanes.size()
    return inParallel && waiting >= 2 * worthSending ? Math.ceil(waiting / (maxInFlight - inFlight)) : maxBatch
  }

  async function start(batch: readonly Taken<Call<Request, Answer>>[]): Promise<void> {
    const giveBackPlace = takePlace()
    const answers = await runTogether(
      batch.map(({ item }) => item.request),
      options,
    )
    batch.forEach((call, index) => {
      answer(call, answers[index] as Late<Answer>)
    })
    giveBackPlace()
  }

  /** Takes one of the places of batches in flight; answers how to give it back, which is also done for one that takes too long. */
  function takePlace(): () => void {
    let isTaken = true
    inFlight += 1
    const giveBack = (): void => {
      if (!isTaken) return
      isTaken = false
      clearTimeout(timer)
      inFlight -= 1
      wake()
    }
    const timer = setTimeout(giveBack, patienceMs).unref()
    return giveBack
  }

  return (request) =>
    new Promise((resolve, reject) => {
      lanes.add({ request, resolve, reject })
      wake()
    })
}

function answer<Request, Answer>({ item: { resolve, reject }, done }: Taken<Call<Request, Answer>>, given: Late<Answer>): void {
  if (given instanceof Promise) {
    given.then(resolve, reject).finally(done)
    return
  }
  resolve(given)
  done()
}

/**
 * Runs requests together; where that fails through the fault of one, in halves, until that one fails alone. Never throws: what failed is
 * answered with a promise that is rejected.
 */
export async function runTogether<Request, Answer>(
  requests: readonly Request[],
  how: Coalescing<Request, Answer>,
): Promise<readonly Late<Answer>[]> {
  const [only] = requests
  if (only !== undefined && requests.length === 1) return runAlone(only, how)
  try {
    const answers = await how.runBatch(requests)
    invariant(answers.length === requests.length, 'a batch answers each of its requests')
    return answers
  } catch (error) {
    return how.isFaultOfOne(error) ? runHalves(requests, how) : requests.map(() => rejected(error))
  }
}

/** The second half waits for the first, so that order is kept. */
async function runHalves<Request, Answer>(
  requests: readonly Request[],
  how: Coalescing<Request, Answer>,
): Promise<readonly Late<Answer>[]> {
  const middle = Math.ceil(requests.length / 2)
  const first = await runTogether(requests.slice(0, middle), how)
  await Promise.allSettled(first)
  return [...first, ...(await runTogether(requests.slice(middle), how))]
}

async function runAlone<Request, Answer>(request: Request, { runOne }: Coalescing<Request, Answer>): Promise<readonly Late<Answer>[]> {
  try {
    return [await runOne(request)]
  } catch (error) {
    return [rejected(error)]
  }
}

/** Whoever gets it looks at it later: until then nobody shall complain that nobody does. */
function rejected(error: unknown): Promise<never> {
  const promise = Promise.reject(error)
  promise.catch(() => undefined)
  return promise
}
