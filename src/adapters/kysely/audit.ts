import type { AuditOperations } from '../../ports/store/audit.js'
import { isAfter } from './pages.js'
import { auditEntryRow, toAuditEntry } from './rows/audit-entry.js'
import type { Verbs } from './verbs.js'

/** The record of administrative acts. */
export const auditVerbs: Verbs<AuditOperations> = {
  async addAuditEntry({ build, execute }, entry) {
    await execute(build.insertInto('tenantry_audit_entry').values(auditEntryRow(entry)))
  },
  async listAuditEntries({ build, execute }, { accountId, before, limit }) {
    let entries = build.selectFrom('tenantry_audit_entry').selectAll()
    if (accountId !== null) entries = entries.where('account_id', '=', accountId)
    if (before !== null) entries = entries.where(isAfter(before))
    const rows = await execute(entries.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit))
    return rows.map(toAuditEntry)
  },
}
