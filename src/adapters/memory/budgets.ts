import { LRUCache } from 'lru-cache'

/**
 * One number for each of a bounded number of keys. The numbers lie side by side and the cache only says where, so that a call to a known key
 * makes no object and writes nothing to the cache but the order of use.
 */
export interface Budgets {
  readonly slots: LRUCache<string, number>
  readonly tats: Float64Array
  /** Slots below `slots.size + free.length` that hold nothing. */
  readonly free: number[]
}

/** How many of the budgets used longest ago a full table looks at to make room for a new one. */
const candidates = 8

/** An empty table. It takes its room for `maxKeys` numbers at once. */
export const createBudgets = (maxKeys: number): Budgets => ({
  slots: new LRUCache({ max: maxKeys }),
  tats: new Float64Array(maxKeys),
  free: [],
})

/** The slot of the key, which counts as used by that; `undefined` when nothing is kept for it. */
export const useSlot = ({ slots }: Budgets, key: string): number | undefined => slots.get(key)

/** The number in a slot, `null` for no slot. */
export const tatAt = ({ tats }: Budgets, slot: number | undefined): number | null => (slot === undefined ? null : (tats[slot] as number))

/** Keeps a number for the key, whose slot as of now is given; `null` to keep none. */
export function keepTat(budgets: Budgets, key: string, slot: number | undefined, tat: number | null): void {
  if (tat !== null) budgets.tats[slot ?? addSlot(budgets, key)] = tat
  else if (slot !== undefined) drop(budgets, key)
}

function addSlot(budgets: Budgets, key: string): number {
  const { slots, free } = budgets
  if (slots.size >= slots.max) makeRoom(budgets)
  const slot = free.pop() ?? slots.size
  slots.set(key, slot)
  return slot
}

function drop({ slots, free }: Budgets, key: string): void {
  const slot = slots.peek(key)
  if (slot !== undefined && slots.delete(key)) free.push(slot)
}

/** Of the budgets used longest ago, drops the one that is whole, or would be whole soonest. */
function makeRoom(budgets: Budgets): void {
  const { slots, tats } = budgets
  const wholeAt = (key: string): number => tats[slots.peek(key) ?? 0] ?? 0
  const oldest = Array.from(first(slots.rkeys(), candidates))
  drop(
    budgets,
    oldest.reduce((soonest, key) => (wholeAt(key) < wholeAt(soonest) ? key : soonest)),
  )
}

function* first<Item>(items: Iterator<Item>, count: number): Generator<Item> {
  for (let taken = 0; taken < count; taken++) {
    const { value, done } = items.next()
    if (done) return
    yield value
  }
}
