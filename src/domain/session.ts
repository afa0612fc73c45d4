/** A signed-in session. */
export interface Session {
  /**
   * Shown once; only its hash is stored. Read the property: JSON, `inspect` and logs of the session show `[redacted]`, and a copy of its fields
   * has none.
   */
  readonly token: string
  readonly expiresAt: Date
}
