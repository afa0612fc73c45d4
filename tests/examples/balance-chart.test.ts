import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { balanceChart, dayTable } from '../../examples/shared/pages/balance-chart.js'
import { type BalanceHistory, type BalanceLine, balanceLine, daysInNumbers } from '../../examples/shared/pages/balance-line.js'
import { scaleOf } from '../../examples/shared/pages/chart-scale.js'
import { toText } from '../../examples/shared/pages/html.js'

const at = (text: string): Date => new Date(`2026-${text}Z`)
const from = at('01-02T00:00:00')
const now = at('01-31T12:00:00')

/** Entries of these amounts, newest first, as a ledger would have them. */
function ledger(...moves: [when: string, amount: number][]): BalanceHistory['entries'] {
  let balanceAfter = 0
  return moves
    .map(([when, amount], index) => {
      balanceAfter += amount
      return { sequence: index + 1, amount, balanceAfter, createdAt: at(when) }
    })
    .reverse()
}

const historyOf = (entries: BalanceHistory['entries'], more: Partial<BalanceHistory> = {}): BalanceHistory => ({
  entries,
  isCut: false,
  from,
  now,
  balance: entries[0]?.balanceAfter ?? 0,
  ...more,
})

const stepsOf = (history: BalanceHistory): (string | number)[][] | undefined =>
  balanceLine(history)?.steps.map((step) => [step.at.toISOString().slice(5, 19), step.balance])

describe('the line of a balance', () => {
  it('is none without entries', () => {
    expect(balanceLine(historyOf([]))).toBeNull()
  })

  it('goes from nothing to the first entry, beginning a little before it', () => {
    const entries = ledger(['01-11T12:00:00', 2000], ['01-12T00:00:00', -10])
    expect(stepsOf(historyOf(entries))).toEqual([
      ['01-10T12:00:00', 0],
      ['01-11T12:00:00', 2000],
      ['01-12T00:00:00', 1990],
    ])
  })

  it('of an account that has just begun is ten minutes long', () => {
    const line = balanceLine(historyOf(ledger(['01-31T12:00:00', 2000])))
    expect(line).toEqual({
      from: at('01-31T11:49:30'),
      to: now,
      steps: [
        { at: at('01-31T11:49:30'), balance: 0 },
        { at: now, balance: 2000 },
      ],
    })
  })

  it('begins with what was there before', () => {
    const entries = ledger(['01-01T00:00:00', 2000], ['01-01T10:00:00', -500], ['01-20T00:00:00', -100])
    expect(stepsOf(historyOf(entries))).toEqual([
      ['01-02T00:00:00', 1500],
      ['01-20T00:00:00', 1400],
    ])
    // The older entries need not be known.
    expect(stepsOf(historyOf(entries.slice(0, 1)))).toEqual(stepsOf(historyOf(entries)))
  })

  it('is level where nothing happened lately', () => {
    expect(stepsOf(historyOf(ledger(['01-01T00:00:00', 2000])))).toEqual([['01-02T00:00:00', 2000]])
  })

  it('ends with the balance of now, also where no entry tells of it yet', () => {
    const entries = ledger(['01-01T00:00:00', 2000], ['01-20T00:00:00', -100])
    expect(stepsOf(historyOf(entries, { balance: 0 }))?.at(-1)).toEqual(['01-31T12:00:00', 0])
  })

  it('begins with the oldest known entry where there are too many', () => {
    const entries = ledger(['01-05T00:00:00', 2000], ['01-06T00:00:00', -100], ['01-07T00:00:00', -1]).slice(0, 2)
    expect(stepsOf(historyOf(entries, { isCut: true }))).toEqual([
      ['01-06T00:00:00', 2000],
      ['01-06T00:00:00', 1900],
      ['01-07T00:00:00', 1899],
    ])
  })

  it('never goes back in time, whatever the clocks of the machines said', () => {
    const entries = ledger(['01-20T00:00:00', 100], ['01-19T23:59:59', -10], ['02-01T00:00:00', -20])
    expect(stepsOf(historyOf(entries))?.slice(1)).toEqual([
      ['01-20T00:00:00', 100],
      ['01-20T00:00:00', 90],
      ['01-31T12:00:00', 70],
    ])
  })
})

describe('the numbers by day', () => {
  it('tell what was spent, what was given back and what was left, newest day first', () => {
    const line = balanceLine(
      historyOf(ledger(['01-01T00:00:00', 100], ['01-05T10:00:00', -30], ['01-05T11:00:00', 5], ['01-09T00:00:00', 50])),
    )
    const use = [{ key: '2026-01-05', spent: 30, refunded: 5, count: 1 }]
    const days = daysInNumbers(line, use)
    expect(days).toEqual([
      { day: '2026-01-09', spent: 0, refunded: 0, balance: 125 },
      { day: '2026-01-05', spent: 30, refunded: 5, balance: 75 },
    ])
    expect(toText(dayTable(days))).toMatch(/5 Jan<\/th>\s*<td class="number">30<br><span class="quiet">5 given back<\/span>/)
  })

  it('do not pretend to know the balance of a day whose entries were not read', () => {
    const entries = ledger(['01-05T00:00:00', 100], ['01-06T00:00:00', -10], ['01-07T00:00:00', -10]).slice(0, 1)
    const use = ['2026-01-06', '2026-01-07'].map((key) => ({ key, spent: 10, refunded: 0, count: 1 }))
    expect(daysInNumbers(balanceLine(historyOf(entries, { isCut: true })), use).map(({ balance }) => balance)).toEqual([80, null])
  })
})

describe('an axis', () => {
  it.each([
    [[], [0, 1]],
    [[0], [0, 1]],
    [[1], [0, 1]],
    [
      [3, 4],
      [0, 1, 2, 3, 4],
    ],
    [[2000], [0, 500, 1000, 1500, 2000]],
    [[1990], [0, 500, 1000, 1500, 2000]],
    [[2001], [0, 1000, 2000, 3000]],
    [[1_250_000], [0, 500_000, 1_000_000, 1_500_000]],
    [
      [-30, 100],
      [-50, 0, 50, 100],
    ],
    [[-5], [-6, -4, -2, 0]],
  ])('for %j has the numbers %j', (values, ticks) => {
    expect(scaleOf(values)).toEqual({ bottom: ticks[0], top: ticks.at(-1), ticks })
  })

  it('has all values on it and few round numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger(), { maxLength: 5 }), (values) => {
        const { bottom, top, ticks } = scaleOf(values)
        expect(Math.min(0, ...values)).toBeGreaterThanOrEqual(bottom)
        expect(Math.max(0, ...values)).toBeLessThanOrEqual(top)
        expect(ticks.length).toBeGreaterThan(1)
        expect(ticks.length).toBeLessThan(8)
        expect(ticks).toContain(0)
      }),
    )
  })
})

describe('the chart of a balance', () => {
  const lineOf = (...steps: [when: string, balance: number][]): BalanceLine => ({
    from: at(steps[0]?.[0] ?? ''),
    to: now,
    steps: steps.map(([when, balance]) => ({ at: at(when), balance })),
  })
  const draw = (...steps: [when: string, balance: number][]): string => toText(balanceChart(lineOf(...steps)))

  it('is a line of steps that says what it shows', () => {
    const svg = draw(['01-11T12:00:00', 0], ['01-16T12:00:00', 2000], ['01-26T12:00:00', 500])
    expect(svg).toContain('<path class="line" d="M0 1000H250V0H750V750H1000"/>')
    expect(svg).toContain('>Credits from 11 Jan, 12:00 to 31 Jan, 12:00</title>')
    expect(svg).toContain('It begins at 0 and ends at 500 credits, after 2 changes; the lowest is 0, the highest 2,000.</desc>')
    expect(ticksOf(svg)).toEqual(['0', '500', '1,000', '1,500', '2,000', '11 Jan', '21 Jan', '31 Jan'])
    expect(svg).toContain('>Credits</text>')
    expect(svg).toContain('>Time (UTC)</text>')
    expect(svg).toContain('cy="75%"')
  })

  it('of one balance is level, at the top or on the floor', () => {
    expect(draw(['01-11T12:00:00', 2000])).toContain('d="M0 0H1000"')
    expect(draw(['01-11T12:00:00', 0])).toContain('d="M0 1000H1000"')
    expect(draw(['01-11T12:00:00', 2000])).toContain('after 0 changes')
  })

  it('has the hour on its axis when it is short, and is drawn also when it is no time at all', () => {
    expect(ticksOf(draw(['01-31T09:00:00', 0], ['01-31T10:00:00', 1]))).toEqual(['0', '1', '31 Jan, 09:00', '31 Jan, 12:00'])
    expect(draw(['01-31T12:00:00', 4], ['01-31T12:00:00', 0])).toContain('M0 0H0V1000H1000')
  })

  it('has room for millions, and for what is below nothing', () => {
    expect(ticksOf(draw(['01-11T12:00:00', 1_000_000]))).toContain('500K')
    expect(ticksOf(draw(['01-11T12:00:00', 1_000_000]))).toContain('1M')
    expect(ticksOf(draw(['01-11T12:00:00', 50], ['01-12T12:00:00', -100]))).toContain('−100')
  })

  it('stays on its plane, whatever happened', () => {
    const move = fc.tuple(fc.integer({ min: 0, max: 40 * 86_400_000 }), fc.integer({ min: -1e6, max: 1e6 }))
    fc.assert(
      fc.property(fc.array(move, { minLength: 1, maxLength: 30 }), fc.boolean(), (moves, isCut) => {
        const entries = ledger(
          ...moves.map(([when, amount]): [string, number] => [new Date(+from + when).toISOString().slice(5, -1), amount]),
        )
        const line = balanceLine(historyOf(entries, { isCut }))
        const numbers = toText(balanceChart(line as BalanceLine)).match(/(?<= d="M[^"]*)-?[\d.]+(?=[^"]*")/g) ?? []
        expect(numbers.length).toBeGreaterThan(2)
        for (const number of numbers.map(Number)) expect(number >= 0 && number <= 1000).toBe(true)
      }),
    )
  })
})

const ticksOf = (svg: string): (string | undefined)[] => [...svg.matchAll(/class="tick"[^>]*>([^<]*)</g)].map(([, words]) => words)
