import type { Actor, Payment } from 'tenantry'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { admin, allAtOnce, openAccount, openWorld, times, type World } from './world.js'

const serverUrl = inject('postgresUrl')
const system: Actor = { type: 'system', id: 'jobs' }

describe.skipIf(serverUrl === null)('requested transfers at once on a real server', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(serverUrl ?? '')
  })
  afterAll(() => world.close())

  const request = (accountId: string, periodMonths = 1) =>
    world.tenantry.requestBankTransfer({ accountId, planSlug: 'starter', periodMonths }, system)
  const asked = async (): Promise<Payment> => (await request(await openAccount(world, 0))).payment
  const confirm = ({ id }: Payment, externalPaymentId = `BT ${id}`, by = admin) =>
    world.tenantry.confirmBankTransfer({ paymentId: id, externalPaymentId, amount: '29.99', payerName: 'Ada' }, by)
  const reject = ({ id }: Payment, reason = 'nothing came') => world.tenantry.rejectBankTransfer({ paymentId: id, reason }, admin)
  const submit = ({ id }: Payment, externalPaymentId = `BT ${id}`) =>
    world.tenantry.submitBankTransfer({ paymentId: id, externalPaymentId, payerName: 'Ada' }, system)

  /** What is on record of an account: what happened once must be there once. */
  const recordOf = async (accountId: string) => {
    const [row] = await world.query<Record<string, number | string>>(
      `select (select count(*)::int from tenantry_payment where account_id = $1) as payments,
              (select count(*)::int from tenantry_payment where account_id = $1 and status in ('requested', 'submitted')) as open,
              (select count(*)::int from tenantry_payment where account_id = $1 and status = 'confirmed') as confirmed,
              (select count(*)::int from tenantry_credit_entry where account_id = $1 and type = 'subscription' and amount = 5000) as grants,
              (select count(*)::int from tenantry_audit_entry where account_id = $1 and action = 'confirmBankTransfer') as confirmations,
              (select count(*)::int from tenantry_audit_entry where account_id = $1 and action = 'rejectBankTransfer') as rejections,
              (select count(*)::int from tenantry_event where account_id = $1 and name = 'payment.confirmed') as told,
              (select status from tenantry_account where id = $1) as status`,
      [accountId],
    )
    expect((await world.tenantry.verifyBooks({ accountId })).problems).toEqual([])
    return row
  }
  const once = { confirmed: 1, grants: 1, confirmations: 1, told: 1, open: 0, status: 'active' }
  const never = { confirmed: 0, grants: 0, confirmations: 0, told: 0, open: 0, status: 'pending_payment' }

  it('are asked for once, by however many', async () => {
    const accountId = await openAccount(world, 0)
    const { results, codes } = await allAtOnce(times(20, () => () => request(accountId)))
    expect(codes).toEqual([])
    expect(new Set(results.map(({ payment }) => payment.reference)).size).toBe(1)
    expect(await recordOf(accountId)).toMatchObject({ payments: 1, open: 1 })
  })

  it('leave one open, whatever was asked for', async () => {
    const accountId = await openAccount(world, 0)
    const { codes } = await allAtOnce(times(20, (index) => () => request(accountId, (index % 4) + 1)))
    expect(codes).toEqual([])
    expect(await recordOf(accountId)).toMatchObject({ open: 1, status: 'pending_payment' })
  })

  it('are confirmed once by two administrators with the same transfer, and both get one answer', async () => {
    for (const payment of await Promise.all(times(5, asked))) {
      const administrators = times(6, (index): Actor => ({ type: 'admin', id: `staff-${index}` }))
      const { results, codes } = await allAtOnce(administrators.map((by) => () => confirm(payment, undefined, by)))
      expect(codes).toEqual([])
      expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1)
      expect(await recordOf(payment.accountId)).toMatchObject({ ...once, payments: 1 })
    }
  })

  it('are confirmed once by two administrators with different transfers', async () => {
    for (const payment of await Promise.all(times(5, asked))) {
      const { results, codes } = await allAtOnce(times(6, (index) => () => confirm(payment, `BT ${payment.id} ${index}`)))
      expect(results).toHaveLength(1)
      expect(codes).toEqual(times(5, () => 'payment_closed'))
      expect(await recordOf(payment.accountId)).toMatchObject({ ...once, payments: 1 })
    }
  })

  it('are either confirmed or rejected', async () => {
    for (const payment of await Promise.all(times(20, asked))) {
      const { results, codes } = await allAtOnce<unknown>([() => confirm(payment), () => reject(payment)])
      expect(results).toHaveLength(1)
      expect(codes).toEqual(['payment_closed'])
      const record = await recordOf(payment.accountId)
      const isConfirmed = record?.['status'] === 'active'
      expect(record).toMatchObject(isConfirmed ? { ...once, rejections: 0 } : { ...never, rejections: 1 })
    }
  })

  it('are rejected once by many, for the first reason that was given', async () => {
    const payment = await asked()
    const { results, codes } = await allAtOnce(times(10, (index) => () => reject(payment, `reason ${index % 2}`)))
    expect(results).toHaveLength(5)
    expect(codes).toEqual(times(5, () => 'payment_closed'))
    expect(await recordOf(payment.accountId)).toMatchObject({ ...never, rejections: 1 })
  })

  it('stay confirmed, whatever a customer submits at that moment', async () => {
    for (const payment of await Promise.all(times(15, asked))) {
      const { codes } = await allAtOnce<unknown>([() => submit(payment), () => confirm(payment), () => submit(payment, 'another')])
      expect(codes.filter((code) => code !== 'payment_closed')).toEqual([])
      expect(await recordOf(payment.accountId)).toMatchObject({ ...once, payments: 1 })
    }
  })

  it('are confirmed or replaced, never both', async () => {
    for (const payment of await Promise.all(times(15, asked))) {
      const { codes } = await allAtOnce<unknown>([() => confirm(payment), () => request(payment.accountId, 2)])
      const record = await recordOf(payment.accountId)
      if (codes.length === 0) expect(record).toMatchObject({ ...once, open: 1, payments: 2 })
      else {
        expect(codes).toEqual(['payment_closed'])
        expect(record).toMatchObject({ ...never, open: 1, payments: 2 })
      }
    }
  })

  it('of one bank transfer for two accounts reach one of them', async () => {
    const payments = await Promise.all(times(10, asked))
    const { results, codes } = await allAtOnce(payments.map((payment) => () => confirm(payment, 'ONE TRANSFER')))
    expect(results).toHaveLength(1)
    expect(codes).toEqual(times(9, () => 'payment_reference_conflict'))
  })

  it('of a cancelled account end one way or the other', async () => {
    for (const payment of await Promise.all(times(10, asked))) {
      const cancel = () => world.tenantry.cancelAccount({ accountId: payment.accountId, reason: 'gone' }, system)
      const { codes } = await allAtOnce<unknown>([() => confirm(payment), cancel])
      const record = await recordOf(payment.accountId)
      expect(record).toMatchObject({ status: 'cancelled' })
      expect(record?.['confirmed']).toBe(codes.length === 0 ? 1 : 0)
      expect(codes.filter((code) => code !== 'account_cancelled')).toEqual([])
    }
  })

  it('never have one reference twice', async () => {
    const [row] = await world.query<{ payments: number; references: number }>(
      `select count(*)::int as payments, count(distinct reference)::int as references from tenantry_payment where reference like 'RF%'`,
    )
    expect(row?.payments).toBeGreaterThan(50)
    expect(row?.references).toBe(row?.payments)
  })
})
