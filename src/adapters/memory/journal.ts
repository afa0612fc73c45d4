/** How to undo what has been done since the last {@link undoneOnThrow} began. */
export interface Journal {
  readonly undoSteps: (() => void)[]
}

/** Runs `work`; if it throws, everything that it wrote is undone, newest first. */
export async function undoneOnThrow<Result>({ undoSteps }: Journal, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    for (const undo of undoSteps.toReversed()) undo()
    throw error
  } finally {
    undoSteps.length = 0
  }
}

/** A map whose every change can be undone. */
export interface JournaledMap<Value> {
  get(key: string): Value | undefined
  /** Writes a value, or, for `undefined`, takes it away. */
  set(key: string, value: Value | undefined): void
}

/** An empty map that writes its undo steps into `journal`. */
export function journaledMap<Value>(journal: Journal): JournaledMap<Value> {
  const values = new Map<string, Value>()
  const write = (key: string, value: Value | undefined): void => {
    if (value === undefined) values.delete(key)
    else values.set(key, value)
  }
  return {
    get: (key) => values.get(key),
    set(key, value) {
      const before = values.get(key)
      journal.undoSteps.push(() => write(key, before))
      write(key, value)
    },
  }
}
