import { isCommonPassword } from './common-passwords.js'

/** What is asked of a new password. */
export interface PasswordPolicy {
  /** In characters (Unicode code points). */
  readonly minLength: number
}

/** bcrypt reads no more. */
const maxBytes = 72

/**
 * What is wrong with a password that somebody chooses, as a sentence for that person, or `null` when it is good. It is judged exactly
 * as it came.
 *
 * Long enough, at most 72 UTF-8 bytes, no NUL, well-formed text, none of the best-known passwords in any case, and neither the person's
 * e-mail nor its local part. No characters are demanded or forbidden beyond that (NIST SP 800-63B-4, section 3.1.1.2).
 */
export function passwordProblem(password: string, { minLength }: PasswordPolicy, email?: string): string | null {
  if ([...password].length < minLength) return `use at least ${minLength} characters`
  if (Buffer.byteLength(password) > maxBytes) return `use at most ${maxBytes} bytes (characters outside ASCII take two to four)`
  if (password.includes('\0')) return 'leave out the NUL character'
  if (/\p{Surrogate}/u.test(password)) return 'use whole Unicode characters'
  if (isCommonPassword(password)) return 'this is one of the best-known passwords; choose another'
  if (email !== undefined && isEmail(password, email)) return 'choose something other than the e-mail address'
  return null
}

function isEmail(password: string, email: string): boolean {
  const [chosen, address] = [password.toLowerCase(), email.trim().toLowerCase()]
  return chosen === address || chosen === address.split('@')[0]
}
