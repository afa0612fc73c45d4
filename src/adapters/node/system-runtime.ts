import { randomBytes, randomUUID } from 'node:crypto'
import type { Clock, IdSource, RandomBytes } from '../../ports/runtime.js'

/** The computer's clock. */
export const systemClock: Clock = () => new Date()

/** Random bytes of the operating system's cryptographically secure source. */
export const secureRandomBytes: RandomBytes = (size) => randomBytes(size)

let lastMs = 0
let counter = 0
/** The time of `lastMs` as it stands in an id, up to the version: the same for all ids of a millisecond. */
let timePart = ''

function setTime(ms: number): void {
  lastMs = ms
  const time = ms.toString(16).padStart(12, '0')
  timePart = `${time.slice(0, 8)}-${time.slice(8)}-7`
}

/**
 * A UUID of version 7 (RFC 9562, section 5.7): 48 bits of Unix time in milliseconds, a 12-bit counter, 62 random bits.
 *
 * Each id of this process sorts after the one before it: the counter starts at a random place in its lower half every millisecond and
 * counts within it (section 6.2, method 1). When it overflows, or the clock steps back, the time in the ids runs ahead of the clock.
 */
export const uuidv7: IdSource = () => {
  const random = randomUUID()
  const nowMs = Date.now()
  if (nowMs > lastMs) {
    setTime(nowMs)
    counter = Number.parseInt(random.slice(0, 3), 16) >> 1
  } else if (++counter > 0xfff) {
    setTime(lastMs + 1)
    counter = 0
  }
  // What follows the version of a UUIDv4, variant included, is laid out as in version 7.
  return timePart + (0x1000 + counter).toString(16).slice(1) + random.slice(18)
}
