import type { Account } from '../../../domain/account.js'
import { noEntryHash } from '../../../domain/entry-hash.js'
import type { Plan } from '../../../domain/plan.js'
import type { NewAccount } from '../../../ports/store/accounts.js'
import { selection } from '../selections.js'
import type { NewRow, Row } from '../tables.js'
import { bytes, integer, json, moment, nullableMoment } from './values.js'

/** The columns of an account in a joined statement. */
export const accountSelection = selection<Omit<Row<'tenantry_account'>, 'updated_at' | 'entry_hash'>>('account', {
  id: 'plain',
  name: 'plain',
  status: 'plain',
  status_reason: 'plain',
  payment_method: 'plain',
  plan_id: 'plain',
  owner_id: 'plain',
  throttles: 'plain',
  credits: 'integer',
  unsettled_spend: 'integer',
  entry_sequence: 'integer',
  settles_at: 'moment',
  lived_until: 'moment',
  next_due_at: 'moment',
  created_at: 'moment',
  deleted_at: 'moment',
})

/** What the gate reads of an account. */
export type GateColumns = Pick<
  Row<'tenantry_account'>,
  'id' | 'name' | 'status' | 'status_reason' | 'payment_method' | 'owner_id' | 'throttles' | 'credits' | 'created_at' | 'deleted_at'
>

/** The columns of an account that {@link toAccount} reads: all that the gate needs. */
export const gateAccountSelection = selection<GateColumns>('account', {
  id: 'plain',
  name: 'plain',
  status: 'plain',
  status_reason: 'plain',
  payment_method: 'plain',
  owner_id: 'plain',
  throttles: 'plain',
  credits: 'integer',
  created_at: 'moment',
  deleted_at: 'moment',
})

/** The account that a row holds, on this plan. */
export function toAccount(row: GateColumns, plan: Plan | null): Account {
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    statusReason: row.status_reason,
    paymentMethod: row.payment_method,
    plan,
    credits: integer(row.credits),
    ownerId: row.owner_id,
    throttles: json(row.throttles),
    createdAt: moment(row.created_at),
    deletedAt: nullableMoment(row.deleted_at),
  }
}

/** The row of a new account, which has never had a credit. */
export function accountRow(account: NewAccount): NewRow<'tenantry_account'> {
  return {
    id: account.id,
    name: account.name,
    status: account.status,
    status_reason: null,
    payment_method: account.paymentMethod,
    plan_id: account.planId,
    owner_id: account.ownerId,
    throttles: '{}',
    credits: 0,
    unsettled_spend: 0,
    entry_sequence: 0,
    entry_hash: bytes(noEntryHash),
    settles_at: null,
    lived_until: null,
    next_due_at: null,
    created_at: account.createdAt,
    updated_at: account.createdAt,
    deleted_at: null,
  }
}
