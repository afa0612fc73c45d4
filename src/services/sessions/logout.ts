import { z } from 'zod'
import type { Context } from '../context.js'
import { secretHash } from '../fingerprint.js'
import { parseInput } from '../parse-input.js'

const Input = z.strictObject({ token: z.string().max(1000) })

/** What `logout` takes. */
export type LogoutInput = z.input<typeof Input>
/** What `logout` answers. */
export interface LogoutResult {
  /** `false` when the session had ended already, or never was. */
  readonly ended: boolean
}

/** See {@link Tenantry.logout}. */
export async function logout(context: Context, input: LogoutInput): Promise<LogoutResult> {
  const { token } = parseInput(Input, input)
  return { ended: await context.store.revokeSession({ tokenHash: secretHash(token), at: context.clock() }) }
}
