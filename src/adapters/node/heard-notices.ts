import { TenantryError } from '../../errors.js'
import type { AccessChange, AccessListener, AccessNotices } from '../../ports/access-notices.js'
import { type KeptConnectionOptions, keepConnection } from './kept-connection.js'

/** Where notices come from. */
export interface NoticeSource extends Pick<AccessNotices, 'publish'> {
  /** Opens the connection; what is heard over it goes to `hear`. */
  readonly openWith: (hear: (change: AccessChange) => void) => KeptConnectionOptions['open']
  /** How often the connection is tried. */
  readonly heartbeatSeconds: number
}

/** A refusal of an option of notices. */
export const unfitNotices = (path: string, message: string): TenantryError<'invalid_input'> =>
  new TenantryError('invalid_input', { issues: [{ path, message }] })

/**
 * Notices that are heard over one connection, opened when the first listener comes.
 *
 * @throws TenantryError `invalid_input` when `heartbeatSeconds` is not a whole number from 1 to 60
 */
export function heardNotices({ openWith, heartbeatSeconds, publish }: NoticeSource): AccessNotices {
  if (!Number.isInteger(heartbeatSeconds) || heartbeatSeconds < 1 || heartbeatSeconds > 60) {
    throw unfitNotices('heartbeatSeconds', 'use a whole number from 1 to 60')
  }
  const listeners = new Set<AccessListener>()
  let isHearing = false
  let end: (() => Promise<void>) | null = null

  const start = (): (() => Promise<void>) =>
    keepConnection({
      open: openWith((change) => {
        for (const listener of listeners) listener.onChange(change)
      }),
      onHearing(hears) {
        isHearing = hears
        for (const listener of listeners) listener.onHearing(hears)
      },
      beatMs: heartbeatSeconds * 1000,
    })
  return {
    listen(listener) {
      listeners.add(listener)
      end ??= start()
      if (isHearing) listener.onHearing(true)
    },
    publish,
    async close() {
      await end?.()
    },
  }
}
