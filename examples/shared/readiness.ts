import type { Clock } from 'tenantry'

/** Answers like `check`, which is made at most once a second however often somebody asks. Rejects when it does. */
export function onceASecond(check: () => Promise<void>, clock: Clock): () => Promise<void> {
  let latest: { readonly at: number; readonly result: Promise<void> } | null = null
  return () => {
    const at = clock().getTime()
    // A clock that was set back must not keep an answer alive.
    if (latest === null || at < latest.at || at >= latest.at + 1000) latest = { at, result: check() }
    return latest.result
  }
}
