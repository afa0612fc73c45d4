import { plansAndUsers } from './0001-plans-and-users.js'
import { accounts } from './0002-accounts.js'
import { credentials } from './0003-credentials.js'
import { credits } from './0004-credits.js'
import { payments } from './0005-payments.js'
import { audit } from './0006-audit.js'
import { fullPostgres } from './0007-full-postgres.js'
import { events, eventsOnFullPostgres } from './0008-events.js'
import { bankTransferRequests } from './0009-bank-transfer-requests.js'
import { planChanges } from './0010-plan-changes.js'
import { due, dueOnFullPostgres } from './0011-due.js'
import { receipts } from './0012-receipts.js'
import { trialClaims } from './0013-trial-claims.js'
import { throttle } from './0014-throttle.js'
import { accessNotices } from './0015-access-notices.js'
import { knownAddresses } from './0016-known-addresses.js'
import type { Migration } from './migration.js'

/** The schema of tenantry, step by step, in the order in which the steps are applied: to be read, or run by a tool of the host's own. */
export const migrations: readonly Migration[] = [
  plansAndUsers,
  accounts,
  credentials,
  credits,
  payments,
  audit,
  fullPostgres,
  events,
  eventsOnFullPostgres,
  bankTransferRequests,
  planChanges,
  due,
  dueOnFullPostgres,
  receipts,
  trialClaims,
  throttle,
  accessNotices,
  knownAddresses,
]
