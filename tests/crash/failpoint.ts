import type pg from 'pg'

/** The moments of a transaction at which a process may die; `statement` is after one that is neither BEGIN nor COMMIT. */
export const moments = ['before begin', 'after statement', 'before commit', 'after commit'] as const

/** Where the process kills itself: at the moment's so-manieth time. */
export interface Failpoint {
  readonly moment: (typeof moments)[number]
  readonly nth: number
}

type Query = (...args: unknown[]) => unknown

/** Arms a pool: whoever reaches the failpoint dies, as by `kill -9`. */
export function armed(pool: pg.Pool, { moment, nth }: Failpoint): void {
  let times = 0
  const pass = (here: Failpoint['moment']): void => {
    if (here !== moment) return
    times += 1
    if (times === nth) process.kill(process.pid, 'SIGKILL')
  }
  pool.on('connect', (client) => {
    const send = client.query.bind(client) as Query
    const watched: Query = (...args) => {
      const kind = kindOf(args[0])
      if (kind === 'begin') pass('before begin')
      if (kind === 'commit') pass('before commit')
      const answer = send(...args)
      if (!(answer instanceof Promise)) return answer
      return answer.then((result: unknown) => {
        if (kind !== 'begin') pass(kind === 'commit' ? 'after commit' : 'after statement')
        return result
      })
    }
    Object.assign(client, { query: watched })
  })
}

function kindOf(statement: unknown): 'begin' | 'commit' | 'statement' {
  const text = typeof statement === 'string' ? statement : String((statement as { text?: unknown }).text)
  if (/^\s*(begin|start transaction)/i.test(text)) return 'begin'
  return /^\s*commit/i.test(text) ? 'commit' : 'statement'
}

/** What a worker is told that has died. */
export class Dead extends Error {}

/**
 * Lets the worker on this pool die right after its so-manieth statement was answered, be it BEGIN, COMMIT or any other: its connection is cut,
 * and nothing it sends afterwards arrives. Answers how many statements it has sent.
 */
export function mortal(pool: pg.Pool, nth: number): () => number {
  let sent = 0
  pool.on('connect', (client) => {
    client.on('error', () => {}) // the cut connection says so; unheard, the event would end the process
    const send = client.query.bind(client) as Query
    const watched: Query = async (...args) => {
      if (sent >= nth) throw new Dead('it has died')
      sent += 1
      const result = await send(...args)
      if (sent < nth) return result
      ;(client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
      throw new Dead('it dies')
    }
    Object.assign(client, { query: watched })
  })
  return () => sent
}
