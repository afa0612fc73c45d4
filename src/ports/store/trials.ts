import type { TrialClaimKind } from '../../domain/trial.js'

/** Who has had a free trial, and what it is kept secret with. Both are global and for ever: nothing takes a claim back. */
export interface TrialOperations {
  /**
   * Makes claims ours, and waits for concurrent ones of the same. Answers one that was another's before, `null` when all are ours now.
   * Claims that the same `claimId` has made before are ours.
   */
  claimTrial(claim: { claimId: string; claims: readonly HashedClaim[]; at: Date }): Promise<HashedClaim | null>
  /** One of the claims that somebody has made, `null` when nobody has made any. */
  findTrialClaim(claims: readonly HashedClaim[]): Promise<HashedClaim | null>
  /** The secret of that name that this installation made for itself. */
  findInstallationSecret(name: string): Promise<string | null>
  /** Keeps the secret, unless there is one of that name; waits for a concurrent one. Answers the one that is kept. */
  addInstallationSecret(secret: InstallationSecret): Promise<string>
}

/** A claim as it is kept. `hash` is a keyed hash in hexadecimal. */
export interface HashedClaim {
  readonly kind: TrialClaimKind
  readonly hash: string
}

/** A secret that belongs to the database and not to the host's configuration. */
export interface InstallationSecret {
  readonly name: string
  readonly secret: string
  readonly at: Date
}
