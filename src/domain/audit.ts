import type { Actor } from './actor.js'

/** One administrative act: who did what to whom, why, and what changed. Written in the same commit as the act. */
export interface AuditEntry {
  readonly id: string
  /** `null` for an act on the platform as a whole, such as deactivating a plan. */
  readonly accountId: string | null
  readonly actor: Actor
  /** The operation's name, such as `confirmBankTransfer`. */
  readonly action: string
  readonly reason: string | null
  readonly before: Readonly<Record<string, unknown>>
  readonly after: Readonly<Record<string, unknown>>
  readonly createdAt: Date
}
