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

/**
 * Tells options that are no functions at once: a connection that cannot be opened would be tried for ever.
 *
 * @throws TenantryError `invalid_input`
 */
export function requireFunctions(options: Readonly<Record<string, unknown>>): void {
  const wrong = Object.keys(options).filter((path) => typeof options[path] !== 'function')
  if (wrong.length > 0) throw new TenantryError('invalid_input', { issues: wrong.map((path) => ({ path, message: 'must be a function' })) })
}

/**
 * Notices that are heard over one connection, opened when the first listener comes.
 *
 * @throws TenantryError `invalid_input` when `heartbeatSeconds` is not a whole number from 1 to 60
 */
export function heardNotices({ openWith, heartbeatSeconds, publish }: NoticeSource): AccessNotices {
  if (!Number.isInteger(heartbeatSeconds) || heartbeatSeconds < 1 || heartbeatSeconds > 60) {
    throw new TenantryError('invalid_input', { issues: [{ path: 'heartbeatSeconds', message: 'use a whole number from 1 to 60' }] })
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
      end ??= async () => undefined
      await end()
    },
  }
}
