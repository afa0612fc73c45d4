import { expect, test } from 'vitest'
import { calendarDigest } from '../support/life-in-a-zone.js'
import { lifeIn, zones } from '../support/zones.js'

test('periods and months are the same whatever the time zone of the process', { timeout: 120_000 }, async () => {
  const reports = await Promise.all(zones.map((zone) => lifeIn(zone, { database: null })))
  expect(reports.map(({ offset }) => offset)).toEqual([0, 240, -345, -630, -780])
  for (const { calendar, life } of reports) {
    expect(calendar).toBe(calendarDigest())
    expect(life).toEqual(reports[0]?.life)
  }
})
