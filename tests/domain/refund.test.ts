import { describe, expect, test } from 'vitest'
import type { CreditLot } from '../../src/domain/credit.js'
import { emptyLedger, type Grant, grant, type Ledger } from '../../src/domain/ledger.js'
import { type Refund, refund } from '../../src/domain/refund.js'
import { samples } from '../../src/testing/samples.js'
import { sequentialIds } from '../../src/testing/sequential-ids.js'

const start = new Date('2026-01-31T10:20:30.123Z')
const at = (milliseconds: number): Date => new Date(start.getTime() + milliseconds)
const newId = sequentialIds()

/** A ledger with lots, granted a millisecond after each other. */
const ledgerOf = (...grants: readonly Partial<Grant>[]): Ledger =>
  grants.reduce<Ledger>(
    (ledger, content, index) => grant(ledger, samples.grant(content), { now: at(index), newId }),
    emptyLedger('account-1'),
  )

const wish: Refund = {
  amount: 7,
  refundsEntryId: 'spend-1',
  newestPlanLot: null,
  idempotencyKey: 'refund-1',
  description: 'It failed',
  operation: 'article',
  userId: 'user-1',
  apiKeyId: 'key-1',
  actor: { type: 'admin', id: 'staff-1' },
}

const refundedLot = (ledger: Ledger, newestPlanLot: CreditLot | null = null, now = at(10)): CreditLot | undefined =>
  refund(ledger, { ...wish, newestPlanLot }, { now, newId }).lots.at(-1)

const plan = (expiresAt: Date | null, more: Partial<Grant> = {}): Partial<Grant> => ({ type: 'subscription', expiresAt, ...more })

describe('refund', () => {
  test('adds a lot of its own, and an entry that names what it gives back', () => {
    const ledger = refund(ledgerOf({ amount: 100 }), wish, { now: at(10), newId })
    const { newestPlanLot: _, ...content } = wish
    expect(ledger.entries.at(-1)).toMatchObject({ ...content, type: 'refund', amount: 7, balanceAfter: 107, createdAt: at(10) })
    expect(ledger.lots.at(-1)).toMatchObject({ type: 'refund', granted: 7, remaining: 7, reserved: 0, priority: 0, rolloverCap: null })
  })

  test('lasts for ever where the account has no plan credits', () => {
    expect(refundedLot(ledgerOf({ type: 'purchase', expiresAt: at(900) }))?.expiresAt).toBeNull()
  })

  test('lasts as long as the newest plan credits, not the longest', () => {
    expect(refundedLot(ledgerOf(plan(at(900)), plan(at(500))))?.expiresAt).toEqual(at(500))
    expect(refundedLot(ledgerOf(plan(at(500)), plan(at(900))))?.expiresAt).toEqual(at(900))
  })

  test('lasts for ever where the newest plan credits do', () => {
    expect(refundedLot(ledgerOf(plan(at(900)), plan(null)))?.expiresAt).toBeNull()
  })

  test('lasts for ever once the newest plan credits are over', () => {
    expect(refundedLot(ledgerOf(plan(at(900)), plan(at(500))), null, at(500))?.expiresAt).toBeNull()
    expect(refundedLot(ledgerOf(plan(at(900)), plan(at(500))), null, at(499))?.expiresAt).toEqual(at(500))
  })

  test('lasts as long as plan credits that are used up and no longer in the ledger', () => {
    const usedUp = samples.lot({ id: 'used-up', type: 'subscription', remaining: 0, expiresAt: at(700), createdAt: at(5) })
    expect(refundedLot(ledgerOf({ type: 'purchase' }), usedUp)?.expiresAt).toEqual(at(700))
    expect(refundedLot(ledgerOf(plan(at(900))), usedUp)?.expiresAt).toEqual(at(700))
    expect(refundedLot(ledgerOf(plan(at(900))), { ...usedUp, createdAt: at(-1) })?.expiresAt).toEqual(at(900))
  })

  test('lasts as long as the ledger, which has just been settled, says of the newest plan credits', () => {
    const ledger = ledgerOf(plan(at(900)))
    const [lot] = ledger.lots
    expect(refundedLot(ledger, { ...(lot as CreditLot), expiresAt: at(800) })?.expiresAt).toEqual(at(900))
  })

  test('is a bug before the ledger is settled', () => {
    expect(() => refundedLot({ ...ledgerOf({}), unsettledSpend: 1 })).toThrow('settled')
  })
})
