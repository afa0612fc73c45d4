import type { AuditEntry } from '../../domain/audit.js'
import type { Position } from './position.js'

/** The record of administrative acts. */
export interface AuditOperations {
  addAuditEntry(entry: AuditEntry): Promise<void>
  /** Newest first; of one account, or of all. */
  listAuditEntries(page: { accountId: string | null; before: Position | null; limit: number }): Promise<readonly AuditEntry[]>
}
