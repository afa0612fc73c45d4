import type { AccessChange, AccessListener, AccessNotices } from '../../ports/access-notices.js'
import { tellQuietly } from '../../tell-quietly.js'
import { type KeptConnectionOptions, keepConnection } from './kept-connection.js'
import type { OptionRule } from './read-options.js'

/** Where notices come from. */
export interface NoticeSource extends Pick<AccessNotices, 'publish'> {
  /** Opens the connection; what is heard over it goes to `hear`. */
  readonly openWith: (hear: (change: AccessChange) => void) => KeptConnectionOptions['open']
  /** How often the connection is tried; see {@link aHeartbeat}. */
  readonly heartbeatSeconds: number
}

/** How often a connection may be tried. */
export const aHeartbeat: OptionRule = {
  accepts: (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 60,
  message: 'use a whole number from 1 to 60',
}

/** Notices that are heard over one connection, opened when the first listener comes. */
export function heardNotices({ openWith, heartbeatSeconds, publish }: NoticeSource): AccessNotices {
  const listeners = new Set<AccessListener>()
  let last: Parameters<AccessListener['onHearing']> | null = null
  let end: (() => Promise<void>) | null = null

  const start = (): (() => Promise<void>) =>
    keepConnection({
      open: openWith((change) => {
        for (const listener of listeners) tellQuietly(() => listener.onChange(change))
      }),
      onHearing(...heard) {
        last = heard
        for (const listener of listeners) tellQuietly(() => listener.onHearing(...heard))
      },
      beatMs: heartbeatSeconds * 1000,
    })
  return {
    listen(listener) {
      listeners.add(listener)
      end ??= start()
      if (last !== null) listener.onHearing(...last)
    },
    publish,
    async close() {
      end ??= async () => undefined
      await end()
      last = [false, 'closed']
    },
  }
}
