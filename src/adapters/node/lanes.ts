/** What waits to be taken along, by lane. */
export interface Lanes<Item> {
  /** How many could be taken now. */
  size(): number
  add(item: Item): void
  /**
   * Takes up to `max`, in order of arrival within each lane, and from no further lane once it has `enough`. The lanes give nothing more until
   * all that was taken of them is done.
   */
  take(max: number, enough?: number): Taken<Item>[]
}

/** An item, and how to say that it is done with. */
export interface Taken<Item> {
  readonly item: Item
  readonly done: () => void
}

interface Lane<Item> {
  readonly name: string | null
  readonly waiting: Item[]
  taken: number
}

/** Items with a lane of `null` wait for nobody. `onFree` is called when items can be taken that could not be before. */
export function createLanes<Item>(laneOf: (item: Item) => string | null, onFree: () => void): Lanes<Item> {
  const byName = new Map<string, Lane<Item>>()
  /** Lanes of which something can be taken, in the order in which they came to that. */
  let free: Lane<Item>[] = []
  let size = 0

  function laneFor(item: Item): Lane<Item> {
    const name = laneOf(item)
    const known = name === null ? undefined : byName.get(name)
    if (known !== undefined) return known
    const lane = { name, waiting: [], taken: 0 }
    if (name !== null) byName.set(name, lane)
    return lane
  }

  function leave(lane: Lane<Item>): void {
    lane.taken -= 1
    if (lane.taken > 0) return
    if (lane.waiting.length === 0) {
      if (lane.name !== null) byName.delete(lane.name)
      return
    }
    free.push(lane)
    size += lane.waiting.length
    onFree()
  }

  function takeFrom(lane: Lane<Item>, max: number): Taken<Item>[] {
    size -= lane.waiting.length
    const items = lane.waiting.splice(0, max)
    lane.taken = items.length
    return items.map((item) => ({ item, done: () => leave(lane) }))
  }

  return {
    size: () => size,
    add(item) {
      const lane = laneFor(item)
      lane.waiting.push(item)
      if (lane.taken > 0) return
      if (lane.waiting.length === 1) free.push(lane)
      size += 1
    },
    take(max, enough = max) {
      const taken: Taken<Item>[] = []
      let lanes = 0
      for (const lane of free) {
        if (taken.length >= Math.min(max, enough)) break
        taken.push(...takeFrom(lane, max - taken.length))
        lanes += 1
      }
      free = free.slice(lanes)
      return taken
    },
  }
}
