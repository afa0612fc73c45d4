import { failure, reasonOf } from '../../failure-reason.js'

/** A connection over which something is heard. */
export interface HeardConnection {
  /** Sends something the long way round; resolves when it has come back. */
  beat(): Promise<void>
  close(): Promise<unknown>
}

/** How a connection is kept. */
export interface KeptConnectionOptions {
  /** Opens a new one; `onLost` is called as soon as it is known to be lost. */
  readonly open: (onLost: (cause?: unknown) => void) => Promise<HeardConnection>
  /**
   * Is told `true` when the first beat has come back over a new connection, and `false`, with a code for the reason, when that is lost or a
   * beat does not come back. Of several tries that fail it is told once, also when there was no connection before.
   */
  readonly onHearing: (isHearing: boolean, reason?: string) => void
  /** How often a beat is sent, and how long it may take. */
  readonly beatMs: number
}

const openingMs = 10_000
const longestPauseMs = 5000
/** Whoever says goodbye to a dead peer waits no longer. */
const farewellMs = 1000

/**
 * Keeps a connection open and opens another one for each that is lost, also for one that has gone silent, with longer and longer pauses while
 * that fails. Keeps no process alive. Answers how to end it.
 */
export function keepConnection(options: KeptConnectionOptions): () => Promise<void> {
  let current = new AbortController()
  let isClosed = false
  let isHearing: boolean | null = null
  const running = keep()

  function tell(hears: boolean, reason?: string): void {
    // What is ended before it was first heard has not failed.
    const isNews = isHearing === null ? !isClosed : hears !== isHearing
    if (!isNews) return
    isHearing = hears
    options.onHearing(hears, reason)
  }

  async function keep(): Promise<void> {
    for (let failures = 0; !isClosed; ) {
      failures = (await hear(options, current, tell)) ? 0 : failures + 1
      if (isClosed) return
      current = new AbortController()
      await pause(pauseMs(failures), current.signal)
    }
  }

  return async () => {
    isClosed = true
    current.abort(failure('closed'))
    await running
  }
}

/** At random, so that many processes that lost their connections together do not come back together. */
const pauseMs = (failures: number): number => Math.random() * Math.min(longestPauseMs, 100 * 2 ** Math.min(failures, 10))

/** Opens a connection and hears over it until it is lost. Answers whether it was ever heard over. */
async function hear(
  { open, beatMs }: KeptConnectionOptions,
  lost: AbortController,
  tell: KeptConnectionOptions['onHearing'],
): Promise<boolean> {
  const opening = open((cause) => lost.abort(failure('lost', { cause })))
  let connection: HeardConnection | null = null
  let wasHeard = false
  try {
    connection = await inTime(opening, openingMs, lost.signal)
    while (!lost.signal.aborted) {
      await inTime(beaten(connection), beatMs, lost.signal)
      lost.signal.throwIfAborted()
      wasHeard = true
      tell(true)
      await pause(beatMs, lost.signal)
    }
    tell(false, reasonOf(lost.signal.reason))
  } catch (error) {
    tell(false, reasonOf(error))
  }
  if (connection === null) opening.then((late) => late.close()).catch(() => undefined)
  else await inTime(closed(connection), farewellMs, new AbortController().signal).catch(() => undefined)
  return wasHeard
}

const beaten = async (connection: HeardConnection): Promise<void> => connection.beat()

/** A client of the host's may throw or answer at once: nobody waits for what keeps connections, and that would end the process. */
const closed = async (connection: HeardConnection): Promise<unknown> => connection.close()

/** Waits, but not after the signal. For a promise of its own: one that all pauses share would hold all of them for ever. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  inTime(new Promise<never>(() => undefined), ms, signal).catch(() => undefined)

/** What the work answers; rejects where it fails, takes longer, or the signal comes first. */
function inTime<Result>(work: Promise<Result>, ms: number, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const settled = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
    }
    const fail = (cause: unknown): void => {
      settled()
      reject(cause)
    }
    const giveUp = (): void => fail(signal.reason)
    const timer = setTimeout(() => fail(failure('no_answer')), ms).unref()
    signal.addEventListener('abort', giveUp)
    if (signal.aborted) giveUp()
    work.then((result) => {
      settled()
      resolve(result)
    }, fail)
  })
}
