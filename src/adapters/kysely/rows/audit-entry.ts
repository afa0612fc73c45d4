import type { AuditEntry } from '../../../domain/audit.js'
import type { NewRow, Row } from '../tables.js'
import { json, moment } from './values.js'

/** The audit entry that a row holds. */
export function toAuditEntry(row: Row<'tenantry_audit_entry'>): AuditEntry {
  return {
    id: row.id,
    accountId: row.account_id,
    actor: { type: row.actor_type, id: row.actor_id },
    action: row.action,
    reason: row.reason,
    before: json(row.before),
    after: json(row.after),
    createdAt: moment(row.created_at),
  }
}

/** The row of an audit entry. */
export function auditEntryRow(entry: AuditEntry): NewRow<'tenantry_audit_entry'> {
  return {
    id: entry.id,
    account_id: entry.accountId,
    actor_type: entry.actor.type,
    actor_id: entry.actor.id,
    action: entry.action,
    reason: entry.reason,
    before: JSON.stringify(entry.before),
    after: JSON.stringify(entry.after),
    created_at: entry.createdAt,
  }
}
