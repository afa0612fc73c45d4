import { isTenantryError } from './errors.js'

/** A failure with a code of our own, which is the reason unless the cause has a code. */
export const failure = (
  code: 'no_answer' | 'bad_answer' | 'lost' | 'closed',
  { message = code, cause }: { readonly message?: string; readonly cause?: unknown } = {},
): Error => Object.assign(new Error(message, { cause }), { code })

/** Causes that go round in a circle are not followed for ever. */
const maxDepth = 10

/**
 * Why something failed: the code of the innermost cause that has one, else `failed`. What our own wrappers are called says nothing of that. A
 * code and never a message: those of drivers name hosts, and some name passwords.
 */
export function reasonOf(error: unknown): string {
  let reason = 'failed'
  try {
    let cause = error
    for (let depth = 0; depth < maxDepth && typeof cause === 'object' && cause !== null; depth++) {
      const { code, cause: next } = cause as { code?: unknown; cause?: unknown }
      if (!isTenantryError(cause) && typeof code === 'string' && /^[A-Za-z0-9_]{1,40}$/.test(code)) reason = code
      cause = next
    }
  } catch {
    // What somebody throws may throw when it is looked at.
  }
  return reason
}
