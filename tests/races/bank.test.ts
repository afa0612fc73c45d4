import { isTenantryError } from 'tenantry'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Dice, dice } from '../support/dice.js'
import { admin, openAccount, openWorld, times, type World } from './world.js'

const serverUrl = inject('postgresUrl')
const clients = 32
const hotAccounts = 5
/** How many things each client does; TENANTRY_BANK_ROUNDS makes it more. */
const rounds = Number(process.env['TENANTRY_BANK_ROUNDS'] ?? 25)
const seed = Number(process.env['TENANTRY_BANK_SEED'] ?? 20_260_101)

/** An account, and what the clients were told about it. */
interface Told {
  readonly accountId: string
  balance: number
  /** Amounts of reservations of whose end nobody has been told. */
  readonly open: Map<string, number>
  readonly ended: Set<string>
  readonly spends: string[]
  readonly entries: string[]
}

/** What a client does, once; answers what came of it. */
type Act = (world: World, told: Told, dice: Dice, idempotencyKey: string) => Promise<string>

const acts: Readonly<Record<string, Act>> = {
  async spend({ tenantry }, told, { upTo }, idempotencyKey) {
    const amount = 1 + upTo(30)
    const { entry } = await tenantry.spendCredits({ accountId: told.accountId, amount, idempotencyKey, operation: 'race' })
    told.balance -= amount
    told.spends.push(entry.id)
    told.entries.push(entry.id)
    return 'spent'
  },
  async reserve({ tenantry }, { accountId, open, entries }, { upTo }, idempotencyKey) {
    const request = { accountId, amount: 1 + upTo(30), idempotencyKey, operation: 'race', ttlSeconds: 1 + upTo(5) }
    const { reservation } = await tenantry.reserveCredits(request)
    open.set(reservation.id, reservation.amount)
    entries.push(reservation.id)
    return 'reserved'
  },
  async settle({ tenantry }, told, { pick, upTo }) {
    const [reservationId, amount] = pick([...told.open]) ?? []
    if (reservationId === undefined || amount === undefined) return 'nothing to settle'
    return end(told, await tenantry.settleReservation({ reservationId, actual: upTo(amount + 1) }))
  },
  async release({ tenantry }, told, { pick }) {
    const reservationId = pick([...told.open.keys()])
    return reservationId === undefined ? 'nothing to release' : end(told, await tenantry.releaseReservation({ reservationId }))
  },
  async refund({ tenantry }, told, { pick, upTo }, idempotencyKey) {
    const entryId = pick(told.spends)
    if (entryId === undefined) return 'nothing to refund'
    const { entry } = await tenantry.refundCredits({ entryId, amount: 1 + upTo(9), idempotencyKey, reason: 'race' }, admin)
    told.balance += entry.amount
    told.entries.push(entry.id)
    return 'refunded'
  },
  async grant({ tenantry }, told, { upTo }, idempotencyKey) {
    const amount = 1 + upTo(30)
    const { entry } = await tenantry.grantCredits({ accountId: told.accountId, amount, type: 'purchase', idempotencyKey }, admin)
    told.balance += amount
    told.entries.push(entry.id)
    return 'granted'
  },
  async wait({ clock }) {
    clock.advance(250)
    return 'waited'
  },
}
const often = ['spend', 'spend', 'spend', 'reserve', 'reserve', 'reserve', 'settle', 'settle', 'release', 'refund', 'grant', 'wait']

/** Everybody who ends a reservation hears the same, and one of them that it was them. */
function end(told: Told, { reservation, replayed }: { reservation: { id: string; actual: number | null }; replayed: boolean }): string {
  told.open.delete(reservation.id)
  if (replayed) return 'ended again'
  if (told.ended.has(reservation.id)) throw new Error('a reservation has ended twice')
  told.ended.add(reservation.id)
  told.balance -= reservation.actual ?? 0
  return reservation.actual === null ? 'released' : 'settled'
}

const refusals = ['insufficient_credits', 'reservation_closed', 'invalid_input']

async function runClient(world: World, accounts: readonly Told[], client: number, seen: Set<string>): Promise<void> {
  const thrown = dice(seed + client)
  for (const round of times(rounds, (index) => index)) {
    const told = thrown.pick(accounts)
    const act = acts[thrown.pick(often) ?? '']
    if (told === undefined || act === undefined) throw new Error('there is nothing to do')
    try {
      seen.add(await act(world, told, thrown, `client-${client}-${round}`))
    } catch (error) {
      if (!isTenantryError(error) || !refusals.includes(error.code)) throw error
      seen.add(error.code)
    }
  }
}

describe.skipIf(serverUrl === null)('a bank with five hot accounts', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(serverUrl ?? '', clients)
  })
  afterAll(() => world.close())

  it('keeps every credit, whatever 32 clients do at once', { timeout: 300_000 }, async () => {
    const ids = await Promise.all(times(hotAccounts, () => openAccount(world, 200)))
    const accounts = ids.map((accountId): Told => {
      return { accountId, balance: 200, open: new Map(), ended: new Set(), spends: [], entries: [] }
    })
    const seen = new Set<string>()
    await Promise.all(times(clients, (client) => runClient(world, accounts, client, seen)))

    expect((await world.tenantry.verifyBooks()).problems).toEqual([])
    world.clock.advance({ minutes: 1 })
    for (const { accountId, balance, entries } of accounts) {
      expect(await world.tenantry.creditBalance({ accountId })).toMatchObject({ balance, reserved: 0 })
      const rows = await world.query<{ id: string }>('select id from tenantry_credit_entry where account_id = $1', [accountId])
      const written = new Set(rows.map(({ id }) => id))
      expect(entries.filter((id) => !written.has(id))).toEqual([])
      expect(new Set(entries).size).toBe(entries.length)
    }
    const mustHappen = ['spent', 'reserved', 'settled', 'released', 'refunded', 'granted', 'waited', ...refusals]
    expect(mustHappen.filter((event) => !seen.has(event))).toEqual([])
  })
})
