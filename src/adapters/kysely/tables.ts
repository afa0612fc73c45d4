import type { Insertable, Selectable } from 'kysely'
import type { AccountStatus, PaymentMethod } from '../../domain/account.js'
import type { Actor } from '../../domain/actor.js'
import type { EventName, EventStatus } from '../../domain/event.js'
import type { MemberRole } from '../../domain/membership.js'
import type { PaymentStatus } from '../../domain/payment.js'
import type { SubscriptionStatus } from '../../domain/subscription.js'
import type { TrialClaimKind } from '../../domain/trial.js'
import type { Bytes, Integer, Json, NullableInteger } from './column-types.js'
import type { CreditEntryTable, CreditLotTable, ReservationTable } from './ledger-tables.js'

/**
 * The tables of tenantry, for a host that queries them itself: `Kysely<TenantryTables & MyTables>`. Read as you like; write only
 * through tenantry.
 *
 * Each table has the account in its primary key or in a unique key that starts with it, so that the tables can be distributed by account.
 * These few are global: `tenantry_plan`, `tenantry_user`, `tenantry_session`, `tenantry_api_key`, `tenantry_payment_reference`,
 * `tenantry_transfer_reference`, `tenantry_audit_entry`, `tenantry_receipt_series`, `tenantry_trial_claim`,
 * `tenantry_installation_secret`, `tenantry_throttle`, `tenantry_known_address`.
 */
export interface TenantryTables {
  tenantry_plan: PlanTable
  tenantry_user: UserTable
  tenantry_account: AccountTable
  tenantry_membership: MembershipTable
  tenantry_session: SessionTable
  tenantry_subscription: SubscriptionTable
  tenantry_api_key: ApiKeyTable
  tenantry_credit_entry: CreditEntryTable
  tenantry_credit_lot: CreditLotTable
  tenantry_credit_reservation: ReservationTable
  tenantry_payment: PaymentTable
  tenantry_payment_reference: PaymentReferenceTable
  tenantry_transfer_reference: TransferReferenceTable
  tenantry_audit_entry: AuditEntryTable
  tenantry_event: EventTable
  tenantry_event_stream: EventStreamTable
  tenantry_receipt: ReceiptTable
  tenantry_receipt_series: ReceiptSeriesTable
  tenantry_trial_claim: TrialClaimTable
  tenantry_installation_secret: InstallationSecretTable
  tenantry_throttle: ThrottleTable
  tenantry_known_address: KnownAddressTable
  tenantry_migration: MigrationTable
}

/** A row as it is read. */
export type Row<Table extends keyof TenantryTables> = Selectable<TenantryTables[Table]>

/** A row as it is inserted. */
export type NewRow<Table extends keyof TenantryTables> = Insertable<TenantryTables[Table]>

interface PlanTable {
  id: string
  slug: string
  name: string
  prices: Json
  billing_cycle: 'monthly' | 'yearly'
  included_credits: Integer
  limits: Json
  throttles: Json
  is_active: boolean
  credit_rollover: 'none' | 'all' | 'cap'
  credit_rollover_cap: NullableInteger
  created_at: Date
  updated_at: Date
}

interface UserTable {
  id: string
  email: string
  external_user_id: string | null
  first_name: string
  last_name: string
  password_hash: string | null
  platform_role: 'admin' | null
  created_at: Date
  updated_at: Date
}

interface AccountTable {
  id: string
  name: string
  status: AccountStatus
  status_reason: string | null
  payment_method: PaymentMethod
  plan_id: string | null
  owner_id: string | null
  throttles: Json
  credits: Integer
  unsettled_spend: Integer
  entry_sequence: Integer
  entry_hash: Bytes
  settles_at: Date | null
  lived_until: Date | null
  next_due_at: Date | null
  created_at: Date
  updated_at: Date
  deleted_at: Date | null
}

interface MembershipTable {
  account_id: string
  user_id: string
  role: MemberRole
  created_at: Date
}

interface SessionTable {
  token_hash: string
  user_id: string
  account_id: string | null
  created_at: Date
  expires_at: Date
  revoked_at: Date | null
}

interface SubscriptionTable {
  account_id: string
  id: string
  plan_id: string
  status: SubscriptionStatus
  payment_method: PaymentMethod
  external_payment_id: string | null
  stripe_subscription_id: string | null
  current_period_start: Date
  current_period_end: Date
  billing_anchor: Date
  next_credits_at: Date | null
  cancel_at_period_end: boolean
  pending_plan_id: string | null
  pending_plan_at: Date | null
  created_at: Date
  updated_at: Date
}

interface ApiKeyTable {
  secret_hash: string
  id: string
  account_id: string
  name: string
  scopes: Json
  last_four: string
  created_at: Date
  expires_at: Date | null
  revoked_at: Date | null
  last_used_at: Date | null
  replaced_by_id: string | null
}

interface PaymentTable {
  account_id: string
  id: string
  method: PaymentMethod
  status: PaymentStatus
  reference: string
  external_payment_id: string | null
  amount_minor: Integer
  currency: string
  period_months: number
  payer_name: string | null
  proof_url: string | null
  decided_by_type: Actor['type'] | null
  decided_by_id: string | null
  decided_at: Date | null
  reason: string | null
  plan_id: string | null
  fingerprint: string | null
  outcome: string | null
  due_at: Date | null
  created_at: Date
}

interface PaymentReferenceTable {
  method: PaymentMethod
  external_payment_id: string
  account_id: string
  payment_id: string
}

interface TransferReferenceTable {
  reference: string
  account_id: string
  payment_id: string
}

interface AuditEntryTable {
  id: string
  account_id: string | null
  actor_type: Actor['type']
  actor_id: string
  action: string
  reason: string | null
  before: Json
  after: Json
  created_at: Date
}

interface EventTable {
  account_id: string
  sequence: Integer
  id: string
  name: EventName
  data: Json
  status: EventStatus
  attempts: number
  last_error: string | null
  retry_at: Date | null
  delivered_at: Date | null
  created_at: Date
}

interface EventStreamTable {
  account_id: string
  last_sequence: Integer
  due_at: Date | null
  lease: string | null
}

interface ReceiptTable {
  account_id: string
  id: string
  payment_id: string
  number: string
  issuer: Json
  account_name: string
  plan_slug: string
  plan_name: string
  period_months: number
  period_start: Date
  period_end: Date
  amount_minor: Integer
  currency: string
  method: PaymentMethod
  reference: string | null
  payer_name: string | null
  created_at: Date
}

interface ReceiptSeriesTable {
  series: string
  last_number: Integer
}

interface TrialClaimTable {
  kind: TrialClaimKind
  hash: string
  claim_id: string
  created_at: Date
}

interface InstallationSecretTable {
  name: string
  secret: string
  created_at: Date
}

interface ThrottleTable {
  key: string
  tat: NullableInteger
  found: NullableInteger
}

interface KnownAddressTable {
  user_id: string
  slot: number
  hash: string
  last_seen_at: Date
}

interface MigrationTable {
  name: string
  applied_at: Date
}
