import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { admin, allAtOnce, openAccount, openWorld, times, type World } from './world.js'

const serverUrl = inject('postgresUrl')
const first = (count: number) => times(count, (index) => `R-2026-${String(index + 1).padStart(6, '0')}`)

describe.skipIf(serverUrl === null)('receipts on a real server', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(serverUrl ?? '', 30)
  })
  afterAll(() => world.close())

  const numbers = async () =>
    (await world.query<{ number: string }>('select number from tenantry_receipt order by number')).map(({ number }) => number)

  it('of fifty confirmations at once are numbered without a gap, whatever fails beside them', async () => {
    const accountIds = await Promise.all(times(50, () => openAccount(world, 0)))
    const confirm = (accountId: string, externalPaymentId: string, amount = '29.99') => {
      const transfer = { accountId, externalPaymentId, amount, payerName: 'Ada Lovelace', planSlug: 'starter' } as const
      return () => world.tenantry.confirmBankTransfer(transfer, admin)
    }
    // What is undone after its number was taken: the database refuses the event, the last thing that is written, nine times out of ten.
    await world.query('create sequence asked')
    await world.query(`create function refuse() returns trigger language plpgsql as $$ begin
      if new.name = 'receipt.issued' and new.data->>'number' like '%3' and nextval('asked') % 10 > 0 then raise exception 'refused'; end if;
      return new; end $$`)
    await world.query('create trigger refuse before insert on tenantry_event for each row execute function refuse()')
    const calls = accountIds.flatMap((accountId, index) => [
      confirm(accountId, `OK-${index}`),
      confirm(accountId, `OK-${index}`),
      confirm(accountId, `SHORT-${index}`, '1.00'),
    ])
    let left = calls
    let undone = 0
    const issued = new Set<string>()
    for (let round = 0; left.length > 0; round++) {
      if (round === 3) await world.query('drop trigger refuse on tenantry_event')
      const failed: typeof calls = []
      const { results } = await allAtOnce(
        left.map((call) => async () => {
          try {
            return await call()
          } catch (error) {
            if ((error as { code?: string }).code !== 'store_unavailable') throw error
            failed.push(call)
            return null
          }
        }),
      )
      for (const result of results) if (result !== null) issued.add(result.receipt.number)
      undone += failed.length
      left = failed
    }

    expect(undone).toBeGreaterThan(0)
    expect([...issued].sort()).toEqual(first(50))
    expect(await numbers()).toEqual(first(50))
    expect((await world.tenantry.verifyBooks()).problems).toEqual([])
  })

  it('of a transaction of the host are undone with it, and their number is given to the next', async () => {
    const { kyselyStore } = await import('tenantry/kysely')
    const [ada, grace] = [await openAccount(world, 0), await openAccount(world, 0)]
    const pay = { amount: '29.99', payerName: 'Ada Lovelace', planSlug: 'starter' } as const
    const undone = world.db.transaction().execute(async (trx) => {
      const { receipt } = await world.tenantry
        .withStore(kyselyStore(trx))
        .confirmBankTransfer({ ...pay, accountId: ada, externalPaymentId: 'HOST' }, admin)
      throw new Error(receipt.number)
    })
    await expect(undone).rejects.toThrow('R-2026-000051')
    const { receipt } = await world.tenantry.confirmBankTransfer({ ...pay, accountId: grace, externalPaymentId: 'NEXT' }, admin)
    expect(receipt.number).toBe('R-2026-000051')
  })
})
