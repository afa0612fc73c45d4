import type { IdSource } from '../ports/runtime.js'

/** Ids for tests: `id-000000000001`, `id-000000000002` and so on, which sort in the order in which they were made. */
export function sequentialIds(prefix = 'id-'): IdSource {
  let last = 0
  return () => {
    last += 1
    return `${prefix}${String(last).padStart(12, '0')}`
  }
}
