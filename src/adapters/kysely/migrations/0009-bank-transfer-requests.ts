import type { Migration } from './migration.js'

/**
 * Transfers that customers are asked for: when they are due, and which payment a reference means. A reference is read off a bank statement
 * before it is known whose it is, so its table is global.
 */
export const bankTransferRequests: Migration = {
  name: '0009-bank-transfer-requests',
  up: [
    'alter table tenantry_payment add column due_at timestamptz',
    // The queue of those that wait for a decision stays short, however many payments there are.
    'create index tenantry_payment_status on tenantry_payment (status, created_at, id)',
    `create table tenantry_transfer_reference (
      reference text collate "C" primary key,
      account_id text collate "C" not null,
      payment_id text collate "C" not null
    )`,
  ],
  down: ['drop table tenantry_transfer_reference', 'drop index tenantry_payment_status', 'alter table tenantry_payment drop column due_at'],
}
