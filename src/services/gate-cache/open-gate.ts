import { reasonOf } from '../../failure-reason.js'
import type { AccessChange, AccessListener, AccessNotices } from '../../ports/access-notices.js'
import type { Clock, Logger } from '../../ports/runtime.js'
import type { Store } from '../../ports/store/store.js'
import { tellQuietly } from '../../tell-quietly.js'
import type { GateCacheSettings, Settings } from '../context.js'
import { createAccessCache } from './access-cache.js'
import type { GateQuestions } from './gate-questions.js'
import { tellChanges } from './tell-changes.js'

/** Where the gate asks, and what keeps its answers true. */
export interface Gate {
  /** The gate's questions; answered from the cache where there is one. */
  readonly access: GateQuestions
  /** The same store, whose changes reach the cache; as pending, where the store is in a transaction of the host. */
  watch(store: Store, isJoined: boolean): Store
}

/** What a gate needs besides its store. */
export interface GateSurroundings {
  readonly gateCache: Settings['gateCache']
  readonly clock: Clock
  readonly logger: Logger
}

/** The gate of a store, with a cache if the host wants one. */
export function openGate(store: Store, { gateCache, clock, logger }: GateSurroundings): Gate {
  if (gateCache === undefined) return { access: store, watch: (any) => any }
  const { ttlSeconds, maxEntries, notices, onHearingChange } = gateCache
  const cache = createAccessCache(store, { ttlMs: ttlSeconds * 1000, maxEntries, clock })
  if (notices !== undefined) {
    cache.setOpen(false)
    const tellHost = hearingTold(logger, onHearingChange)
    notices.listen({
      onChange: (change) => cache.drop([change]),
      onHearing(isHearing, reason) {
        cache.setOpen(isHearing)
        tellHost(isHearing, reason)
      },
    })
  }
  const tell = (changes: readonly AccessChange[]): void => {
    cache.drop(changes)
    void publish(notices, changes, logger)
  }
  const tellPending = (changes: readonly AccessChange[]): void => tell(changes.map((change) => ({ ...change, isPending: true })))
  return { access: cache.access, watch: (any, isJoined) => tellChanges(any, isJoined ? tellPending : tell) }
}

/** Tells the log what is amiss or no longer so, and the host of every change. */
function hearingTold(logger: Logger, onHearingChange: GateCacheSettings['onHearingChange']): AccessListener['onHearing'] {
  let isMissed = false
  return (isHearing, reason = 'failed') => {
    // Whoever closes the notices knows it.
    const isAmiss = !isHearing && reason !== 'closed'
    const isBack = isHearing && isMissed
    isMissed = isAmiss
    if (isAmiss) tellQuietly(() => logger.warn(notHeard, { reason }))
    if (isBack) tellQuietly(() => logger.info('The gate cache is on again: its notices are heard.'))
    tellQuietly(() => onHearingChange({ isHearing }))
  }
}

const notHeard = 'The gate cache is off: its notices are not heard. Every answer comes from the store until they are.'
const notTold = 'other processes were not told of a change; their gate caches keep the old state until its time is over'

/** Nobody waits for it: what was done is done, and whoever does not hear of it asks anew when the time is over. */
async function publish(notices: AccessNotices | undefined, changes: readonly AccessChange[], logger: Logger): Promise<void> {
  try {
    await notices?.publish?.(changes)
  } catch (error) {
    tellQuietly(() => logger.warn(notTold, { reason: reasonOf(error) }))
  }
}
