const lastTurns = new WeakMap<object, Promise<void>>()

/**
 * Waits until everybody who came earlier has had a turn with `owner`, in the order in which they came. Answers how to end one's own turn,
 * which must be called, whatever happens.
 */
export async function takeTurn(owner: object): Promise<() => void> {
  let end = (): void => undefined
  const before = lastTurns.get(owner)
  lastTurns.set(
    owner,
    new Promise((resolve) => {
      end = resolve
    }),
  )
  await before
  return end
}

/** Runs `work` in a turn of its own with `owner`. */
export async function inTurn<Result>(owner: object, work: () => Promise<Result>): Promise<Result> {
  const end = await takeTurn(owner)
  try {
    return await work()
  } finally {
    end()
  }
}
