import type { AnyTenantryEvent, EventHandler } from 'tenantry'
import { describe, expect, test } from 'vitest'
import { admin, createHost, type Host, type HostOptions, refusalOf, signUp, system, wrongFieldsOf } from '../support/host.js'

/** A host with one account, whose events so far are delivered. */
async function quiet(options: HostOptions = {}) {
  const host = await createHost(options)
  const { account } = await signUp(host)
  await host.tenantry.deliverEvents(() => {})
  return { host, ...host, accountId: account.id }
}

const grant = ({ tenantry }: Host, accountId: string, ...keys: readonly string[]) =>
  Promise.all(
    keys.map((idempotencyKey) =>
      tenantry.grantCredits({ accountId, amount: 1, type: 'purchase', idempotencyKey, description: idempotencyKey }, admin),
    ),
  )

/** A handler that writes down what it is given, and fails while `fails` says so. */
function recorder(fails: (event: AnyTenantryEvent) => boolean = () => false) {
  const seen: AnyTenantryEvent[] = []
  const handler: EventHandler = async (event) => {
    seen.push(event)
    if (fails(event)) throw new Error(`no ${event.sequence}`)
  }
  return { handler, seen, numbers: () => seen.map(({ sequence }) => sequence) }
}

const recordOf = async ({ tenantry }: Host, sequence: number) =>
  (await tenantry.listEvents({ limit: 200 })).items.find(({ event }) => event.sequence === sequence)

describe('deliverEvents', () => {
  test('hands every event over, in order, once', async () => {
    const { host, tenantry, accountId } = await quiet()
    await grant(host, accountId, 'a', 'b', 'c')
    const { handler, seen, numbers } = recorder()
    expect(await tenantry.deliverEvents(handler)).toEqual({ delivered: 3, failed: 0, dead: 0 })
    expect(numbers()).toEqual([3, 4, 5])
    expect(seen[0]).toEqual((await recordOf(host, 3))?.event)
    expect(await tenantry.deliverEvents(handler)).toEqual({ delivered: 0, failed: 0, dead: 0 })
    expect((await recordOf(host, 5))?.deliveredAt).toEqual(host.clock())
    expect((await tenantry.listEvents({ status: 'pending' })).items).toEqual([])
  })

  test('makes no more attempts than it is allowed', async () => {
    const { host, tenantry, accountId } = await quiet()
    await grant(host, accountId, 'a', 'b', 'c', 'd', 'e')
    const { handler, numbers } = recorder()
    expect((await tenantry.deliverEvents(handler, { limit: 2 })).delivered).toBe(2)
    expect((await tenantry.deliverEvents(handler, { limit: 2, concurrency: 1 })).delivered).toBe(2)
    expect((await tenantry.deliverEvents(handler, { limit: 2 })).delivered).toBe(1)
    expect(numbers()).toEqual([3, 4, 5, 6, 7])
  })

  test('serves an account with many events without forgetting the others', async () => {
    const { host, tenantry, accountId } = await quiet()
    for (let n = 0; n < 120; n++) await grant(host, accountId, `${n}`)
    host.clock.advance(1)
    const other = await signUp(host, { email: 'grace@example.com' })
    host.clock.advance(1)
    const { handler, seen } = recorder()
    expect((await tenantry.deliverEvents(handler, { limit: 1000, concurrency: 1 })).delivered).toBe(122)
    expect(seen.findIndex((event) => event.accountId === other.account.id)).toBe(50)
    const own = seen.filter((event) => event.accountId === accountId).map(({ sequence }) => sequence)
    expect(own).toEqual([...own].sort((a, b) => a - b))
  })

  test('tries a failed event again when its time has come, and lets none of the account pass it', async () => {
    const { host, tenantry, clock, accountId } = await quiet()
    const other = await signUp(host, { email: 'grace@example.com' })
    await grant(host, accountId, 'a', 'b')
    let isDown = true
    const { handler, seen } = recorder((event) => isDown && event.accountId === accountId)
    expect(await tenantry.deliverEvents(handler)).toEqual({ delivered: 2, failed: 1, dead: 0 })
    expect(seen.filter((event) => event.accountId === other.account.id)).toHaveLength(2)
    const { status, attempts, lastError, retryAt } = (await recordOf(host, 3)) ?? {}
    expect({ status, attempts, lastError }).toEqual({ status: 'pending', attempts: 1, lastError: 'Error: no 3' })
    const wait = (retryAt?.getTime() ?? 0) - clock().getTime()
    expect(wait).toBeGreaterThanOrEqual(2500)
    expect(wait).toBeLessThanOrEqual(5000)
    isDown = false
    clock.advance(wait - 1)
    expect(await tenantry.deliverEvents(handler)).toEqual({ delivered: 0, failed: 0, dead: 0 })
    clock.advance(1)
    expect(await tenantry.deliverEvents(handler)).toEqual({ delivered: 2, failed: 0, dead: 0 })
    expect(seen.filter((event) => event.accountId === accountId).map(({ sequence }) => sequence)).toEqual([3, 3, 4])
    expect((await recordOf(host, 3))?.attempts).toBe(2)
  })

  test('spreads the attempts by the random bytes of the host', async () => {
    const waits = await Promise.all(
      [0, 255].map(async (byte) => {
        const { host, tenantry, clock, accountId } = await quiet({ randomBytes: (size) => new Uint8Array(size).fill(byte) })
        await grant(host, accountId, 'a')
        await tenantry.deliverEvents(recorder(() => true).handler)
        return ((await recordOf(host, 3))?.retryAt?.getTime() ?? 0) - clock().getTime()
      }),
    )
    expect(waits).toEqual([2500, 5000])
  })

  test('gives an event up after the last attempt, says so, and goes on with the next', async () => {
    const warnings: unknown[] = []
    const logger = { info() {}, warn: (message: string, facts?: object) => void warnings.push([message, facts]), error() {} }
    const { host, tenantry, clock, accountId } = await quiet({ events: { maxAttempts: 3 }, logger })
    await grant(host, accountId, 'a', 'b')
    const { handler, numbers } = recorder(({ sequence }) => sequence === 3)
    const reports = []
    for (let round = 0; round < 4; round++) {
      reports.push(await tenantry.deliverEvents(handler))
      clock.advance({ days: 1 })
    }
    expect(reports).toEqual([
      { delivered: 0, failed: 1, dead: 0 },
      { delivered: 0, failed: 1, dead: 0 },
      { delivered: 1, failed: 0, dead: 1 },
      { delivered: 0, failed: 0, dead: 0 },
    ])
    expect(numbers()).toEqual([3, 3, 3, 4])
    const dead = (await tenantry.listEvents({ status: 'dead' })).items
    expect(dead.map(({ event, attempts, retryAt }) => [event.sequence, attempts, retryAt])).toEqual([[3, 3, null]])
    expect(warnings).toEqual([['an event is dead', { eventId: dead[0]?.event.id, accountId, name: 'credits.granted', attempts: 3 }]])
  })

  test('gives an event up at once where the handler says so', async () => {
    const { host, tenantry, accountId } = await quiet()
    await grant(host, accountId, 'a', 'b')
    const report = await tenantry.deliverEvents((event) => (event.sequence === 3 ? { giveUp: 'nobody wants it' } : undefined))
    expect(report).toEqual({ delivered: 1, failed: 0, dead: 1 })
    const { status, lastError, attempts } = (await recordOf(host, 3)) ?? {}
    expect({ status, lastError, attempts }).toEqual({ status: 'dead', lastError: 'nobody wants it', attempts: 1 })
  })

  const failures: [what: string, thrown: unknown, kept: string][] = [
    ['a text', 'no', 'no'],
    ['nothing', undefined, 'undefined'],
    ['characters that Postgres refuses', new Error('a\0b\ud800'), 'Error: a\ufffdb\ufffd'],
    ['a novel', new Error('x'.repeat(9999)), `Error: ${'x'.repeat(493)}`],
    ['an object without a text', Object.create(null), 'the handler threw something that cannot be read'],
  ]
  test.each(failures)('keeps what a handler throws that throws %s', async (_, thrown, kept) => {
    const { host, tenantry, accountId } = await quiet()
    await grant(host, accountId, 'a')
    await tenantry.deliverEvents(() => {
      throw thrown
    })
    expect((await recordOf(host, 3))?.lastError).toBe(kept)
  })

  test('leaves an account alone while another worker has it, until the lease is over', async () => {
    const { host, tenantry, clock, accountId } = await quiet()
    await grant(host, accountId, 'a', 'b')
    const second = recorder()
    const during: unknown[] = []
    const first = await tenantry.deliverEvents(async ({ sequence }) => {
      if (sequence === 3) during.push(await tenantry.deliverEvents(second.handler))
    })
    expect(during).toEqual([{ delivered: 0, failed: 0, dead: 0 }])
    expect(first.delivered).toBe(2)

    await grant(host, accountId, 'c', 'd')
    const late = recorder()
    const overrun = await tenantry.deliverEvents(async ({ sequence }) => {
      if (sequence !== 5) throw new Error('this worker has lost the account')
      clock.advance({ seconds: 60 })
      await tenantry.deliverEvents(late.handler)
    })
    expect(late.numbers()).toEqual([5, 6])
    expect(overrun).toEqual({ delivered: 1, failed: 0, dead: 0 })
    expect((await tenantry.listEvents({ status: 'delivered' })).items).toHaveLength(6)
  })

  test('renews the lease while it works', async () => {
    const { host, tenantry, clock, accountId } = await quiet()
    await grant(host, accountId, 'a', 'b', 'c', 'd')
    const second = recorder()
    const report = await tenantry.deliverEvents(async () => {
      clock.advance({ seconds: 29 })
      await tenantry.deliverEvents(second.handler)
    })
    expect(report.delivered).toBe(4)
    expect(second.seen).toEqual([])
  })

  test('does not count the failure of a worker whose lease is over', async () => {
    const { host, tenantry, clock, accountId } = await quiet({ events: { maxAttempts: 1 } })
    await grant(host, accountId, 'a')
    const report = await tenantry.deliverEvents(async () => {
      clock.advance({ seconds: 60 })
      await tenantry.deliverEvents(() => {})
      throw new Error('too late')
    })
    expect(report).toEqual({ delivered: 0, failed: 0, dead: 0 })
    expect((await recordOf(host, 3))?.status).toBe('delivered')
  })

  test('takes up what a worker that died has left', async () => {
    const { host, tenantry, clock, store, accountId } = await quiet()
    await grant(host, accountId, 'a')
    await store.claimEvents({ lease: 'died', at: clock(), leaseEndsAt: new Date(clock().getTime() + 60_000), limit: 1 })
    const { handler, numbers } = recorder()
    await tenantry.deliverEvents(handler)
    expect(numbers()).toEqual([])
    clock.advance({ seconds: 60 })
    await tenantry.deliverEvents(handler)
    expect(numbers()).toEqual([3])
  })

  test('serves several accounts at once, but no more than it is told', async () => {
    const host = await createHost()
    for (let n = 0; n < 6; n++) await signUp(host, { email: `c${n}@example.com` })
    let running = 0
    let most = 0
    const handler = async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
    }
    await host.tenantry.deliverEvents(handler, { concurrency: 3 })
    expect(most).toBe(3)
  })

  test('runs the handler outside of any transaction', async () => {
    const { host, tenantry, accountId } = await quiet()
    await grant(host, accountId, 'a')
    // In memory a transaction would wait for this one to end, for ever.
    const report = await tenantry.deliverEvents(async () => void (await grant(host, accountId, 'b')), { limit: 1 })
    expect(report).toEqual({ delivered: 1, failed: 0, dead: 0 })
  })

  test('refuses a handler that is none, and wrong input', async () => {
    const { host, tenantry } = await quiet()
    expect(await wrongFieldsOf(host, () => tenantry.deliverEvents(undefined as never))).toEqual(['handler'])
    expect(await wrongFieldsOf(host, () => tenantry.deliverEvents(() => {}, { limit: 0 }))).toEqual(['limit'])
    expect(await wrongFieldsOf(host, () => tenantry.deliverEvents(() => {}, { limit: 10_001 }))).toEqual(['limit'])
    expect(await wrongFieldsOf(host, () => tenantry.deliverEvents(() => {}, { concurrency: 101 }))).toEqual(['concurrency'])
    expect(await wrongFieldsOf(host, () => tenantry.deliverEvents(() => {}, { now: 1 } as never))).toEqual(['now'])
  })
})

describe('retryEvent', () => {
  async function withDeadEvent() {
    const world = await quiet({ events: { maxAttempts: 1 } })
    await grant(world.host, world.accountId, 'a', 'b')
    await world.tenantry.deliverEvents(recorder(({ sequence }) => sequence === 3).handler)
    const [dead] = (await world.tenantry.listEvents({ status: 'dead' })).items
    return { ...world, eventId: dead?.event.id ?? '' }
  }

  test('puts a dead event back and writes it down', async () => {
    const { tenantry, accountId, eventId } = await withDeadEvent()
    const { record, retried } = await tenantry.retryEvent({ eventId }, admin)
    expect([retried, record.event.id, record.status, record.attempts]).toEqual([true, eventId, 'pending', 0])
    const [act] = (await tenantry.listAuditEntries({ accountId })).items
    expect(act).toMatchObject({ action: 'retryEvent', actor: admin, before: { eventId, status: 'dead' }, after: { status: 'pending' } })
    const { handler, numbers } = recorder()
    expect((await tenantry.deliverEvents(handler)).delivered).toBe(1)
    expect(numbers()).toEqual([3])
  })

  test('leaves an event that is not dead as it is', async () => {
    const { host, tenantry, eventId, accountId } = await withDeadEvent()
    await tenantry.retryEvent({ eventId }, admin)
    const acts = (await tenantry.listAuditEntries({ accountId })).items.length
    expect((await tenantry.retryEvent({ eventId }, system)).retried).toBe(false)
    const delivered = await recordOf(host, 4)
    expect(await tenantry.retryEvent({ eventId: delivered?.event.id ?? '' }, admin)).toEqual({ record: delivered, retried: false })
    expect((await tenantry.listAuditEntries({ accountId })).items).toHaveLength(acts)
  })

  test('is for operators, and for events that are there', async () => {
    const { tenantry, eventId } = await withDeadEvent()
    expect((await refusalOf(tenantry.retryEvent({ eventId }, { type: 'user', id: 'ada' }))).code).toBe('forbidden')
    expect(await refusalOf(tenantry.retryEvent({ eventId: 'nothing' }, admin))).toEqual({
      code: 'event_not_found',
      details: { eventId: 'nothing' },
    })
  })
})

test('pruneEvents removes what was delivered before a moment, and nothing else', async () => {
  const { host, tenantry, clock, accountId } = await quiet({ events: { maxAttempts: 1 } })
  clock.advance({ days: 1 })
  await grant(host, accountId, 'a', 'b')
  await tenantry.deliverEvents(recorder(({ sequence }) => sequence === 3).handler)
  clock.advance({ days: 1 })
  await grant(host, accountId, 'c')
  expect(await tenantry.pruneEvents({ before: new Date(clock().getTime() - 86_400_000) })).toEqual({ removed: 2 })
  expect(await tenantry.pruneEvents({ before: clock() })).toEqual({ removed: 1 })
  const left = (await tenantry.listEvents({ accountId })).items
  expect(left.map(({ event, status }) => [event.sequence, status])).toEqual([
    [5, 'pending'],
    [3, 'dead'],
  ])
})
