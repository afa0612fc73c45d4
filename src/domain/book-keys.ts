import type { BookCheck, Report } from './books.js'

/** Finds keys that may be there twice. */
export interface KeyWatch {
  readonly add: (key: string) => void
  /** Every key that is there twice, and hardly ever another one. */
  readonly suspects: ReadonlySet<string>
}

/**
 * Watches the keys of one account without keeping them: of each it remembers 53 bits, which with the room of the table makes 12 to 24 bytes,
 * 24 MB at most for a million entries. What looks like a key from before is suspect, and for a second look.
 */
export function watchKeys(): KeyWatch {
  let slots = new Float64Array(64)
  let size = 0
  const suspects = new Set<string>()
  return {
    suspects,
    add(key) {
      if (!put(slots, printOf(key))) {
        suspects.add(key)
        return
      }
      size += 1
      if (size * 3 > slots.length * 2) slots = grown(slots)
    },
  }
}

/** The second look at suspect keys. */
export function recheckKeys(suspects: ReadonlySet<string>, report: Report): BookCheck {
  const newest = new Map<string, number>()
  return {
    entry({ idempotencyKey, sequence }) {
      if (!suspects.has(idempotencyKey)) return
      const newer = newest.get(idempotencyKey)
      newest.set(idempotencyKey, sequence)
      if (newer !== undefined) report({ invariant: 'keys_are_unique', sequence: newer, expected: 1, found: 2 })
    },
    end() {},
  }
}

/** Puts a print, never 0, into the first free slot from its own place on; `false` when it is there. The number of slots is a power of two. */
function put(slots: Float64Array, print: number): boolean {
  const mask = slots.length - 1
  let place = (print >>> 0) & mask
  while (slots[place] !== 0) {
    if (slots[place] === print) return false
    place = (place + 1) & mask
  }
  slots[place] = print
  return true
}

function grown(slots: Float64Array): Float64Array<ArrayBuffer> {
  const more = new Float64Array(slots.length * 2)
  for (const print of slots) if (print !== 0) put(more, print)
  return more
}

/** 53 bits that depend on every character, by multiplication and shifts in two halves. */
function printOf(key: string): number {
  let [high, low] = [0x9e3779b9, 0x85ebca6b]
  for (let index = 0; index < key.length; index++) {
    const code = key.charCodeAt(index)
    high = Math.imul(high ^ code, 0x27d4eb2f)
    low = Math.imul(low ^ code, 0x165667b1)
    high ^= low >>> 15
    low ^= high >>> 13
  }
  high = Math.imul(high ^ (high >>> 16), 0xc2b2ae35)
  low = Math.imul(low ^ (low >>> 15), 0x2c1b3c6d)
  return ((high >>> 0) & 0x1f_ffff) * 2 ** 32 + ((low ^ (high >>> 11)) >>> 0) || 1
}
