/** Guarded changes of sessions. A session is found by the hash of its token, so it is global. */
export interface SessionOperations {
  addSession(session: NewSession): Promise<void>
  /** Ends a session. `false` when there is none that has not ended. */
  revokeSession(session: { tokenHash: string; at: Date }): Promise<boolean>
  /** Ends the sessions of a person, but for one; answers how many it ended. */
  revokeSessions(change: { userId: string; keepTokenHash: string | null; at: Date }): Promise<number>
}

/** A session to be added. `tokenHash` is the SHA-256 of the token in hexadecimal. */
export interface NewSession {
  readonly tokenHash: string
  readonly userId: string
  /** The account the session acts for; `null` for an administrator without one. */
  readonly accountId: string | null
  readonly createdAt: Date
  readonly expiresAt: Date
}
