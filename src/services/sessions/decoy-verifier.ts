import type { PasswordHasher, RandomBytes } from '../../ports/runtime.js'

/**
 * A verifier that belongs to no password, made once by the hasher in use, so that comparing with it takes as long as with a real one.
 * A made-up text would not do: bcrypt gives up on it at once and so tells strangers which addresses are registered.
 */
export function decoyVerifier(passwords: PasswordHasher, randomBytes: RandomBytes): () => Promise<string> {
  let verifier: Promise<string> | null = null
  return () => {
    verifier ??= passwords.hash(Buffer.from(randomBytes(32)).toString('base64url')).catch((error: unknown) => {
      verifier = null
      throw error
    })
    return verifier
  }
}
