/** Numbers that look random and are the same again for the same seed. */
export interface Dice {
  /** An integer from 0 to below `limit`. */
  readonly upTo: (limit: number) => number
  /** One of the items; `undefined` where there are none. */
  readonly pick: <Item>(items: readonly Item[]) => Item | undefined
}

/** Mixes the bits of a counter by multiplication and shifts, until none of its regularity is left to see. */
export function dice(seed: number): Dice {
  let counter = Math.imul(seed, 0x9e3779b1)
  const upTo = (limit: number): number => {
    counter = (counter + 0x6d2b79f5) | 0
    let mixed = Math.imul(counter ^ (counter >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return Math.floor((((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32) * limit)
  }
  return { upTo, pick: (items) => items[upTo(items.length)] }
}
