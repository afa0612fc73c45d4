import { passwordProblem } from '../../domain/password.js'
import type { Context } from '../context.js'
import { invalidInput } from '../parse-input.js'

/**
 * Checks a password that somebody chooses. It is taken exactly as it came.
 *
 * @throws TenantryError `invalid_input`
 */
export function requireGoodPassword(context: Context, password: string, email: string, path: string): void {
  const problem = passwordProblem(password, context.settings.passwordPolicy, email)
  if (problem !== null) throw invalidInput([{ path, message: problem }])
}

/** Can this be anybody's password at all? bcrypt would read only the first 72 bytes of a longer one. */
export const couldBePassword = (password: string): boolean =>
  password !== '' && Buffer.byteLength(password) <= 72 && !password.includes('\0')
