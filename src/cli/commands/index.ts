import type { Command } from '../command.js'
import { confirmBankTransfer } from './confirm-bank-transfer.js'
import { createAdmin } from './create-admin.js'
import { createFreeTrialPlan } from './create-free-trial-plan.js'
import { doctor } from './doctor.js'
import { entries } from './entries.js'
import { grant } from './grant.js'
import { migrate } from './migrate.js'
import { pendingTransfers } from './pending-transfers.js'
import { plans } from './plans.js'
import { reinstate } from './reinstate.js'
import { rejectBankTransfer } from './reject-bank-transfer.js'
import { rollback } from './rollback.js'
import { runDue } from './run-due.js'
import { status } from './status.js'
import { suspend } from './suspend.js'
import { throttles } from './throttles.js'
import { usage } from './usage.js'
import { verifyBooks } from './verify-books.js'

/** Every command, in the order in which one needs them. */
export const commands: readonly Command[] = [
  migrate,
  rollback,
  status,
  createFreeTrialPlan,
  createAdmin,
  plans,
  pendingTransfers,
  confirmBankTransfer,
  rejectBankTransfer,
  suspend,
  reinstate,
  throttles,
  grant,
  usage,
  entries,
  runDue,
  verifyBooks,
  doctor,
]
