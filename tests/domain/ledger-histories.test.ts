import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareBurnOrder, roomFor } from '../../src/domain/ledger.js'
import { bookOf, days, type History, histories, type Kept, play, problemsOf, sumOf } from '../support/ledger-histories.js'

const looks = fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 6 })

/** All but the moment of writing, which is that of the settlement. */
const undated = ({ ledger, subscription, settlesAt, lots, reservations, entries }: Kept) => ({
  ledger: { ...ledger, lots: ledger.lots.map(({ createdAt: _, ...lot }) => lot) },
  subscription,
  settlesAt,
  lots: [...lots.values()].sort(compareBurnOrder).map(({ createdAt: _, ...lot }) => lot),
  reservations: [...reservations.values()],
  entries: entries.map(({ createdAt: _, ...entry }) => entry),
})

/** To the end of time, when nothing more happens by itself. */
const atLast = (history: History): History => ({ ...history, steps: [...history.steps, { day: 400, does: { act: 'look' } }] })

const runs = { numRuns: 400 }
const everyHistory = (holds: (history: History) => void): void => fc.assert(fc.property(histories, holds), runs)

describe('a ledger with reservations', () => {
  test('has nothing to settle a second time', () => {
    everyHistory((history) => {
      const last = history.steps.at(-1)?.day ?? 0
      const once = play({ ...history, steps: [...history.steps, { day: last, does: { act: 'look' } }] })
      const twice = play({
        ...history,
        steps: [...history.steps, { day: last, does: { act: 'look' } }, { day: last, does: { act: 'look' } }],
      })
      expect(twice).toEqual(once)
    })
  })

  test('comes to the same lots, reservations, balances and entries however often it is settled in between', () => {
    fc.assert(
      fc.property(histories, looks, (history, moments) => {
        expect(undated(play(atLast(history), { looks: moments }))).toEqual(undated(play(atLast(history))))
      }),
      runs,
    )
  })

  test('comes to the same whether spends are allotted at once or later', () => {
    everyHistory((history) => {
      expect(undated(play(atLast(history), { isEager: true }))).toEqual(undated(play(atLast(history))))
    })
  })

  test('keeps its books after every step', () => {
    everyHistory((history) => {
      play(atLast(history), { watch: (kept) => expect(problemsOf(bookOf(kept), kept.entries)).toEqual([]) })
    })
  })

  test('conserves credits: what came is what is left, set aside, used and lapsed', () => {
    everyHistory((history) => {
      play(history, {
        watch({ ledger, lots, reservations, entries }) {
          const all = [...lots.values()]
          expect(ledger.balance).toBe(sumOf(all.map(({ remaining }) => remaining)) - ledger.unsettledSpend)
          const open = [...reservations.values()].filter(({ status }) => status === 'open')
          for (const lot of all) {
            const parts = open.flatMap(({ parts }) => parts).filter(({ lotId }) => lotId === lot.id)
            expect(lot.reserved).toBe(sumOf(parts.map(({ amount }) => amount)))
          }
          expect(entries.at(-1)?.balanceAfter ?? 0).toBe(ledger.balance)
        },
      })
    })
  })

  test('never passes the largest safe integer, with all that may come back', () => {
    everyHistory((history) => {
      play({ ...history, scale: Number.MAX_SAFE_INTEGER }, { watch: ({ ledger }) => expect(roomFor(ledger)).toBeGreaterThanOrEqual(0) })
    })
  })

  test('keeps no more rolled-over plan credits than the cap, reservations or not', () => {
    everyHistory((history) => {
      play(atLast(history), {
        watch({ lots }) {
          const rolledOver = [...lots.values()].filter(({ rolloverCap, expiresAt }) => rolloverCap !== null && expiresAt === null)
          expect(sumOf(rolledOver.map(({ remaining }) => remaining))).toBeLessThanOrEqual(history.cap)
        },
      })
    })
  })

  test('lets nothing be spent that has expired, and nobody wait for what has come back', () => {
    everyHistory((history) => {
      play(history, {
        watch({ ledger, settlesAt }, now) {
          if (ledger.unsettledSpend > 0) return
          for (const { remaining, expiresAt } of ledger.lots) expect(remaining === 0 || expiresAt === null || expiresAt > now).toBe(true)
          for (const { expiresAt } of ledger.reservations) expect(expiresAt > now).toBe(true)
          expect(settlesAt === null || settlesAt > now).toBe(true)
        },
      })
    })
  })

  test('gives back all of a reservation that is released at once', () => {
    fc.assert(
      fc.property(histories, days, fc.constantFrom(0.1, 0.5, 1), ({ steps, ...history }, length, part) => {
        const day = steps.at(-1)?.day ?? 0
        const before = play({ ...history, steps: [...steps, { day, does: { act: 'look' } }] })
        fc.pre(Math.floor(before.ledger.balance * part) > 0)
        const others = before.ledger.reservations.length
        const asideAndBack = [
          { day, does: { act: 'reserve', part, days: length } },
          { day, does: { act: 'release', which: others, part } },
        ] as const
        const { ledger } = play({ ...history, steps: [...steps, ...asideAndBack] })
        expect([ledger.balance, ledger.lots]).toEqual([before.ledger.balance, before.ledger.lots])
      }),
      runs,
    )
  })

  test('goes on where the clocks of servers differ: its books are whole, and every key is new', () => {
    fc.assert(
      fc.property(histories, fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 1, maxLength: 7 }), (history, skews) => {
        const skew = (step: number): number => skews[step % skews.length] ?? 0
        play(atLast(history), {
          skew,
          watch: (kept) => expect(problemsOf(bookOf(kept), kept.entries)).toEqual([]),
        })
      }),
      runs,
    )
  })

  test('meets every event in these histories', () => {
    const seen = new Map<string, number>()
    const see = (event: string): void => void seen.set(event, (seen.get(event) ?? 0) + 1)
    for (const history of fc.sample(histories, { numRuns: 400, seed: 7 })) {
      const { lots, reservations, entries } = play(atLast(history))
      for (const { type } of entries) see(type)
      for (const { status, expiresAt, parts } of reservations.values()) {
        see(status)
        const sources = parts.flatMap(({ lotId }) => lots.get(lotId) ?? [])
        if (sources.some((lot) => lot.expiresAt?.getTime() === expiresAt.getTime())) see('reservation and lot expire together')
        if (sources.some((lot) => lot.rolloverCap !== null && lot.expiresAt === null)) see('set aside of what rolled over')
      }
      if (entries.some(({ metadata }) => metadata['reservationId'] !== undefined && metadata['lotId'] !== undefined))
        see('came back too late')
      if (entries.some(({ balanceAfter }) => balanceAfter > Number.MAX_SAFE_INTEGER - 1000)) see('nearly full')
    }
    const events = 'subscription purchase adjustment usage reservation release refund expiration settled released expired'.split(' ')
    const rare = ['reservation and lot expire together', 'set aside of what rolled over', 'came back too late', 'nearly full']
    for (const event of [...events, ...rare]) expect([event, (seen.get(event) ?? 0) > 5]).toEqual([event, true])
  })
})
