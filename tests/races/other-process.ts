import type { Tenantry } from 'tenantry'
import { expect } from 'vitest'
import { startChild } from './child.js'
import type { Place, Reply, Request } from './colleague.js'

/** Another process with a library of its own on the same database. */
export interface OtherProcess {
  /** Carries an operation out, which must succeed. */
  does(operation: keyof Tenantry, ...args: unknown[]): Promise<unknown>
  /** Runs a statement. */
  runs(sql: string): Promise<unknown>
  end(): void
}

export async function startOtherProcess(place: Place): Promise<OtherProcess> {
  const { tell, letGo } = await startChild<Place | Request, Reply>('./colleague.ts')
  await tell(place)
  const ask = async (request: Request): Promise<unknown> => {
    const reply = await tell(request)
    expect(reply).toMatchObject({ ok: true })
    return reply.ok ? reply.result : undefined
  }
  return {
    does: (operation, ...args) => ask({ operation, args }),
    runs: (sql) => ask({ sql }),
    end: letGo,
  }
}
