import { type AnyTenantryEvent, createTenantry, type Tenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { dice } from '../support/dice.js'
import { admin, openAccount, openWorld, times, type World } from './world.js'

const serverUrl = inject('postgresUrl')
const tick = () => new Promise((resolve) => setTimeout(resolve, 1))

describe.skipIf(serverUrl === null)('events on a real server', () => {
  let world: World
  let accountIds: string[]
  beforeAll(async () => {
    world = await openWorld(serverUrl ?? '', 20)
    accountIds = await Promise.all(times(20, () => openAccount(world, 0)))
  })
  afterAll(() => world.close())
  beforeEach(async () => {
    while ((await world.tenantry.deliverEvents(() => {}, { limit: 10_000 })).delivered > 0);
  })

  /** A worker of its own, as another process would be. */
  const worker = (leaseSeconds = 60): Tenantry =>
    createTenantry({
      store: kyselyStore(world.db as never),
      clock: world.clock,
      events: { leaseSeconds, maxAttempts: 100, firstRetrySeconds: 1, maxRetrySeconds: 1 },
    })

  const grant = (accountId: string, idempotencyKey: string) =>
    world.tenantry.grantCredits({ accountId, amount: 1, type: 'purchase', idempotencyKey }, admin)

  /** Watches what handlers are doing: never two with events of one account, and each account in its order. */
  function watch() {
    const running = new Set<string>()
    const last = new Map<string, number>()
    const problems: string[] = []
    const begin = ({ accountId, sequence }: AnyTenantryEvent): void => {
      if (running.has(accountId)) problems.push(`two at once of ${accountId}`)
      running.add(accountId)
      if (sequence <= (last.get(accountId) ?? 0)) problems.push(`${sequence} after ${last.get(accountId)} of ${accountId}`)
    }
    const end = ({ accountId, sequence }: AnyTenantryEvent, isDelivered: boolean): void => {
      running.delete(accountId)
      if (isDelivered && last.has(accountId) && sequence !== (last.get(accountId) ?? 0) + 1) problems.push(`${sequence} left a gap`)
      if (isDelivered) last.set(accountId, sequence)
    }
    return { begin, end, problems }
  }

  it('are numbered without a gap, whoever writes at once', async () => {
    const accountId = await openAccount(world, 0)
    await Promise.all(times(40, (index) => grant(accountId, `n${index}`)))
    const rows = await world.query<{ sequence: string }>('select sequence from tenantry_event where account_id = $1 order by 1', [
      accountId,
    ])
    expect(rows.map(({ sequence }) => Number(sequence))).toEqual(times(42, (index) => index + 1))
  })

  it('are delivered by eight workers in order, once each, while others are written and some fail', async () => {
    const { begin, end, problems } = watch()
    const thrown = dice(20_260_101)
    const delivered = new Map<string, number>()
    let isWriting = true
    const write = async () => {
      for (const round of times(15, (index) => index)) await Promise.all(accountIds.map((accountId) => grant(accountId, `w${round}`)))
      isWriting = false
    }
    const deliver = async () => {
      // The clock runs far ahead, the faster the more workers have nothing to do: no lease may be over while its worker is at it.
      const { deliverEvents } = worker(3600)
      for (let idle = 0; idle < 3; ) {
        const report = await deliverEvents(
          async (event) => {
            begin(event)
            await tick()
            const fails = thrown.upTo(20) === 0
            end(event, !fails)
            if (fails) throw new Error('unlucky')
            delivered.set(event.id, (delivered.get(event.id) ?? 0) + 1)
          },
          { limit: 40, concurrency: 4 },
        )
        world.clock.advance({ seconds: 1 })
        if (!isWriting && report.delivered + report.failed === 0) idle += 1
      }
    }
    await Promise.all([write(), ...times(8, deliver)])
    expect(problems).toEqual([])
    expect(delivered.size).toBe(300)
    expect([...delivered.values()].filter((count) => count !== 1)).toEqual([])
    expect((await world.tenantry.listEvents({ status: 'pending' })).items).toEqual([])
  })

  it('of workers that die in the middle are taken up when the lease is over, and none is lost', async () => {
    const started = new Map<string, number>()
    const done = new Set<string>()
    await Promise.all(accountIds.map((accountId) => grant(accountId, 'k1')))
    await Promise.all(accountIds.map((accountId) => grant(accountId, 'k2')))
    // A worker that is killed never comes back from its handler.
    const hangIn = (event: AnyTenantryEvent) => {
      started.set(event.id, 1)
      return new Promise<never>(() => {})
    }
    const dying = worker()
    for (let n = 0; n < 5; n++) {
      void dying.deliverEvents(hangIn, { concurrency: 1 })
    }
    while (started.size < 5) await tick()
    const taken = new Set(started.keys())
    const survivor = worker()
    const note = (event: AnyTenantryEvent) => {
      if (taken.has(event.id)) started.set(event.id, (started.get(event.id) ?? 0) + 1)
      done.add(event.id)
    }
    expect((await survivor.deliverEvents(note, { limit: 1000 })).delivered).toBe(30)
    world.clock.advance({ seconds: 60 })
    expect((await survivor.deliverEvents(note, { limit: 1000 })).delivered).toBe(10)
    expect(done.size).toBe(40)
    expect([...started.values()]).toEqual([2, 2, 2, 2, 2])
  })

  it('are not waited for by a worker while a transaction of the host is open', async () => {
    const [open = '', other = ''] = accountIds
    await grant(open, 'h1')
    await grant(other, 'h1')
    const seen: string[] = []
    await world.db.transaction().execute(async (trx) => {
      await world.tenantry
        .withStore(kyselyStore(trx))
        .grantCredits({ accountId: open, amount: 1, type: 'purchase', idempotencyKey: 'h2' }, admin)
      await worker().deliverEvents(({ accountId }) => void seen.push(accountId))
    })
    expect(seen).toEqual([other])
    await worker().deliverEvents(({ accountId }) => void seen.push(accountId))
    expect(seen).toEqual([other, open, open])
  })

  it('that are written while a worker gives the account back are not forgotten', async () => {
    const [accountId = ''] = accountIds
    await grant(accountId, 'g1')
    const seen: number[] = []
    let commit = (): void => undefined
    const committing = new Promise<void>((resolve) => {
      commit = resolve
    })
    let writing: Promise<void> | undefined
    // Within the handler, so that the event is written, but cannot be seen yet, when the worker looks whether it is done.
    const delivering = worker().deliverEvents(async ({ sequence }) => {
      seen.push(sequence)
      if (writing !== undefined) return
      const written = new Promise<void>((resolve) => {
        writing = world.db.transaction().execute(async (trx) => {
          await world.tenantry
            .withStore(kyselyStore(trx))
            .grantCredits({ accountId, amount: 1, type: 'purchase', idempotencyKey: 'g2' }, admin)
          resolve()
          await committing
        })
      })
      await written
    })
    await new Promise((resolve) => setTimeout(resolve, 100))
    commit()
    await Promise.all([delivering, writing])
    await worker().deliverEvents(({ sequence }) => void seen.push(sequence))
    expect(seen).toHaveLength(2)
    expect((await world.tenantry.listEvents({ accountId, status: 'pending' })).items).toEqual([])
  })
})
