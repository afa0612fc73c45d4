import type { PasswordHasher } from '../ports/runtime.js'

/** A hasher that keeps nothing secret, and tells how often it was asked. */
export interface PlainHasher extends PasswordHasher {
  /** How often `hash` and `verify` have been called. */
  readonly calls: { readonly hash: number; readonly verify: number }
}

const scheme = 'plain:'

/** Passwords for tests, at no cost: a verifier is the password itself behind `plain:`. Never for production. */
export function plainHasher(): PlainHasher {
  const calls = { hash: 0, verify: 0 }
  return {
    calls,
    async hash(password) {
      calls.hash += 1
      return `${scheme}${password}`
    },
    async verify(password, verifier) {
      calls.verify += 1
      return verifier === `${scheme}${password}`
    },
    isOutdated: (verifier) => !verifier.startsWith(scheme),
  }
}
