/** A connection over which something is heard. */
export interface HeardConnection {
  /** Sends something the long way round; resolves when it has come back. */
  beat(): Promise<void>
  close(): Promise<unknown>
}

/** How a connection is kept. */
export interface KeptConnectionOptions {
  /** Opens a new one; `onLost` is called as soon as it is known to be lost. */
  readonly open: (onLost: () => void) => Promise<HeardConnection>
  /** Is told `true` when the first beat has come back over a new connection, and `false` when that is lost or a beat does not come back. */
  readonly onHearing: (isHearing: boolean) => void
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
  const running = keep()

  async function keep(): Promise<void> {
    for (let failures = 0; !isClosed; ) {
      failures = (await hear(options, current)) ? 0 : failures + 1
      if (isClosed) return
      current = new AbortController()
      await inTime(never, pauseMs(failures), current.signal)
    }
  }

  return async () => {
    isClosed = true
    current.abort()
    await running
  }
}

const never = new Promise<never>(() => undefined)

/** At random, so that many processes that lost their connections together do not come back together. */
const pauseMs = (failures: number): number => Math.random() * Math.min(longestPauseMs, 100 * 2 ** Math.min(failures, 10))

/** Opens a connection and hears over it until it is lost. Answers whether it was ever heard over. */
async function hear({ open, onHearing, beatMs }: KeptConnectionOptions, lost: AbortController): Promise<boolean> {
  const opening = open(() => lost.abort())
  const connection = await inTime(opening, openingMs, lost.signal)
  if (connection === null) {
    opening.then((late) => late.close()).catch(() => undefined)
    return false
  }
  let isHearing = false
  while ((await inTime(beaten(connection), beatMs, lost.signal)) && !lost.signal.aborted) {
    if (!isHearing) onHearing(true)
    isHearing = true
    await inTime(never, beatMs, lost.signal)
  }
  if (isHearing) onHearing(false)
  await inTime(closed(connection), farewellMs, new AbortController().signal)
  return isHearing
}

const beaten = async (connection: HeardConnection): Promise<true> => {
  await connection.beat()
  return true
}

/** A client of the host's may throw or answer at once: nobody waits for what keeps connections, and that would end the process. */
const closed = async (connection: HeardConnection): Promise<unknown> => connection.close()

/** What the work answers; `null` where it fails, takes longer, or the signal comes first. */
function inTime<Result>(work: Promise<Result>, ms: number, signal: AbortSignal): Promise<Result | null> {
  return new Promise((resolve) => {
    const settle = (result: Result | null): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
      resolve(result)
    }
    const giveUp = (): void => settle(null)
    const timer = setTimeout(giveUp, ms).unref()
    signal.addEventListener('abort', giveUp)
    if (signal.aborted) giveUp()
    work.then(settle, giveUp)
  })
}
