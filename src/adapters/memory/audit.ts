import type { AuditOperations } from '../../ports/store/audit.js'
import { placeInTime } from './groups.js'
import { everything, type Tables } from './tables.js'
import type { Verbs } from './verbs.js'

/** The record of administrative acts. */
export const auditVerbs = (tables: Tables): Verbs<AuditOperations> => ({
  addAuditEntry(entry) {
    tables.auditEntries.add(entry)
  },
  listAuditEntries({ accountId, before, limit }) {
    const page = { before: before && placeInTime(before), limit }
    return accountId === null ? tables.auditInTime.descending(everything, page) : tables.auditOfAccount.descending(accountId, page)
  },
})
