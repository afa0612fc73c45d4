/** Runs one piece of work after the other, in the order in which they were given. One that fails does not stop the next. */
export type Queue = <Result>(work: () => Promise<Result>) => Promise<Result>

/** An idle queue. */
export function createQueue(): Queue {
  let tail: Promise<unknown> = Promise.resolve()
  return (work) => {
    const result = tail.then(work)
    tail = result.catch(() => undefined)
    return result
  }
}
