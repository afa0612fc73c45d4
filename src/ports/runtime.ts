import type { TrialFacts, TrialVerdict } from '../domain/trial.js'

/** Tells the time. The only source of it in the library. */
export type Clock = () => Date

/** Makes a new id, unique for ever; UUIDv7 by default, so that ids sort by the time they were made. */
export type IdSource = () => string

/** Gives `size` bytes from a cryptographically secure source. Tokens and keys are made of nothing else. */
export type RandomBytes = (size: number) => Uint8Array

/** Hashes passwords. The password has been checked: it is not empty, has no NUL and at most 72 UTF-8 bytes. */
export interface PasswordHasher {
  /** A verifier that carries its own scheme, cost and salt. */
  hash(password: string): Promise<string>
  /** Does the password belong to the verifier? `false` also for a verifier that cannot be read. */
  verify(password: string, verifier: string): Promise<boolean>
  /** Was the verifier made with another scheme or cost than `hash` uses now? It is replaced at the next sign-in. */
  isOutdated(verifier: string): boolean
}

/**
 * Decides whether somebody gets a free trial: a rule such as {@link oneTrialPerMailbox}, or one that asks somewhere first. It is asked within
 * the sign-up's transaction, so it should be quick.
 */
export type TrialEligibility = (facts: TrialFacts) => TrialVerdict | Promise<TrialVerdict>

/** Where tenantry tells the host what it should know. It is given codes and ids, never a password, token or key. */
export interface Logger {
  info(message: string, facts?: Readonly<Record<string, unknown>>): void
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void
  error(message: string, facts?: Readonly<Record<string, unknown>>): void
}

/** Takes note of uses of API keys beside the requests: nothing waits for it, and it never throws. */
export interface KeyUses {
  /** A key was presented and is valid. `lastUsedAt` is what was last read of the key, however old that is. */
  note(use: { readonly secretHash: string; readonly lastUsedAt: Date | null; readonly at: Date }): void
  /** Settles, and never fails, when all that was noted before has been written or given up. */
  flush(): Promise<void>
}
