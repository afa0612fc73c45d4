import { keyUseSeconds } from '../../domain/api-key.js'
import type { KeyUses } from '../../ports/runtime.js'
import { tellQuietly } from '../../tell-quietly.js'

/** Where uses of keys go. */
export interface KeyUseOptions {
  /** Writes that the keys with these secrets were used, at most {@link maxBatch} of them. */
  readonly write: (keys: { secretHashes: readonly string[]; at: Date }) => Promise<unknown>
  /** Is told when that failed. */
  readonly onError: (error: unknown) => void
}

/** How long uses are gathered before they are written together. */
const gatherMs = 1000
const maxBatch = 500
/** What waits and what is remembered at most, of keys: 64 characters and a number each. What comes beyond that is forgotten. */
const maxKeys = 10_000

/**
 * Gathers uses of keys and writes those of many keys in one statement, one at a time, each key at most once a minute. A timer that waits keeps
 * no process alive: what was noted within the last second before its end is lost, unless it waits for `flush`.
 */
export function gatherKeyUses({ write, onError }: KeyUseOptions): KeyUses {
  const handedOver = new Map<string, number>()
  const waiting = new Map<string, Date>()
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> | null = null

  function isKnown(hash: string, lastUsedAt: Date | null, at: Date): boolean {
    const known = Math.max(lastUsedAt?.getTime() ?? 0, handedOver.get(hash) ?? 0)
    return known > at.getTime() - keyUseSeconds * 1000
  }

  function remember(hash: string, at: Date): void {
    handedOver.delete(hash)
    handedOver.set(hash, at.getTime())
    const [oldest] = handedOver.keys()
    if (handedOver.size > maxKeys && oldest !== undefined) handedOver.delete(oldest)
  }

  function wake(): void {
    timer ??= setTimeout(() => void writeAll(), gatherMs).unref()
  }

  function writeAll(): Promise<void> {
    writing ??= writeBatches().finally(() => {
      writing = null
    })
    return writing
  }

  async function writeBatches(): Promise<void> {
    while (waiting.size > 0) {
      if (timer !== null) clearTimeout(timer)
      timer = null
      await writeBatch(take())
    }
  }

  function take(): [string, Date][] {
    const batch = [...waiting].slice(0, maxBatch)
    for (const [hash] of batch) waiting.delete(hash)
    return batch
  }

  async function writeBatch(batch: readonly [string, Date][]): Promise<void> {
    try {
      const at = new Date(Math.max(...batch.map(([, usedAt]) => usedAt.getTime())))
      await write({ secretHashes: batch.map(([hash]) => hash), at })
    } catch (error) {
      tellQuietly(() => onError(error))
    }
  }

  return {
    note({ secretHash, lastUsedAt, at }) {
      if (isKnown(secretHash, lastUsedAt, at) || waiting.size >= maxKeys) return
      remember(secretHash, at)
      waiting.set(secretHash, at)
      wake()
    },
    async flush() {
      while (waiting.size > 0 || writing !== null) await writeAll()
    },
  }
}
