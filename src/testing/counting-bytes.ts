import type { RandomBytes } from '../ports/runtime.js'

// As many values as an API key has characters: two calls differ in the keys that are made of them, not in the bytes alone.
const base = 62

/** Bytes for tests, in place of random ones: the same in every run, different in every call, as each holds the number of its call. */
export function countingBytes(): RandomBytes {
  let calls = 0
  return (size) => {
    calls += 1
    return Uint8Array.from({ length: size }, (_, place) => Math.floor(calls / base ** place) % base)
  }
}
