import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Tenantry } from 'tenantry'
import { expect } from 'vitest'
import type { Place, Reply, Request } from './colleague.js'

const program = fileURLToPath(new URL('./colleague.ts', import.meta.url))

/** Another process with a library of its own on the same database. */
export interface OtherProcess {
  /** Carries an operation out, which must succeed. */
  does(operation: keyof Tenantry, ...args: unknown[]): Promise<unknown>
  /** Runs a statement. */
  runs(sql: string): Promise<unknown>
  end(): void
}

export async function startOtherProcess(place: Place): Promise<OtherProcess> {
  const child = fork(program, [], { execArgv: ['--import', 'tsx'] })
  await once(child, 'message')
  await told(child, place)
  const ask = async (request: Request): Promise<unknown> => {
    const reply = (await told(child, request)) as Reply
    expect(reply).toMatchObject({ ok: true })
    return reply.ok ? reply.result : undefined
  }
  return {
    does: (operation, ...args) => ask({ operation, args }),
    runs: (sql) => ask({ sql }),
    end: () => void child.disconnect(),
  }
}

/** What the process answers; one that dies answers nothing and fails the test. */
async function told(child: ChildProcess, message: Place | Request): Promise<unknown> {
  const stop = new AbortController()
  const answer = Promise.race([
    once(child, 'message', { signal: stop.signal }).then(([reply]) => reply as unknown),
    once(child, 'exit', { signal: stop.signal }).then(([code]): never => {
      throw new Error(`a process ended with ${code}`)
    }),
  ])
  child.send(message)
  return answer.finally(() => stop.abort())
}
