/** A signed-in session. `token` is shown once; only its hash is stored. */
export interface Session {
  readonly token: string
  readonly expiresAt: Date
}
