import type { Migration } from './migration.js'

/** The plan that a subscription changes to, and when. */
export const planChanges: Migration = {
  name: '0010-plan-changes',
  up: [
    // Without a collation, which pg-mem does not take here; nothing is ordered or searched by it.
    'alter table tenantry_subscription add column pending_plan_id text references tenantry_plan (id)',
    'alter table tenantry_subscription add column pending_plan_at timestamptz',
    'create index tenantry_subscription_pending on tenantry_subscription (pending_plan_at)',
  ],
  down: [
    'drop index tenantry_subscription_pending',
    'alter table tenantry_subscription drop column pending_plan_at',
    'alter table tenantry_subscription drop column pending_plan_id',
  ],
}
