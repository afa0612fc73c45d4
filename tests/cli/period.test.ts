import { describe, expect, it } from 'vitest'
import { Failure } from '../../src/cli/failure.js'
import { periodOf } from '../../src/cli/period.js'

const at = (text: string) => new Date(text)
const now = at('2026-03-10T15:30:00Z')

describe('the time of a report', () => {
  it.each([
    [undefined, undefined, '2026-02-09T00:00:00.000Z', '2026-03-11T00:00:00.000Z'],
    ['2026-03-01', undefined, '2026-03-01T00:00:00.000Z', '2026-03-11T00:00:00.000Z'],
    [undefined, '2026-01-31', '2026-01-01T00:00:00.000Z', '2026-01-31T00:00:00.000Z'],
    ['2026-01-01T10:00:00Z', '2026-01-01T10:00:00.001Z', '2026-01-01T10:00:00.000Z', '2026-01-01T10:00:00.001Z'],
  ])('from %s to %s is %s to %s', (from, to, first, end) => {
    expect(periodOf({ from: from === undefined ? undefined : at(from), to: to === undefined ? undefined : at(to) }, now)).toEqual({
      from: at(first),
      to: at(end),
    })
  })

  it('ends with today also at its very first instant', () => {
    expect(periodOf({ from: undefined, to: undefined }, at('2026-03-10T00:00:00Z')).to).toEqual(at('2026-03-11T00:00:00Z'))
  })

  it.each([
    ['2026-01-01', '2026-01-01', '--from must be earlier than --to.'],
    ['2026-01-02', '2026-01-01', '--from must be earlier than --to.'],
    ['2026-03-11', undefined, '--from must be earlier than --to, which is the end of today (UTC) when left out.'],
  ])('from %s to %s is a mistake', (from, to, message) => {
    const period = () => periodOf({ from: at(from), to: to === undefined ? undefined : at(to) }, now)
    expect(period).toThrow(new Failure('usage', message))
  })
})
