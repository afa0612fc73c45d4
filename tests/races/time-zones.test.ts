import { expect, inject, test } from 'vitest'
import { freshDatabase } from '../support/postgres.js'
import { lifeIn, zones } from '../support/zones.js'

const serverUrl = inject('postgresUrl')

test.skipIf(serverUrl === null)(
  'periods, credits and reports are the same whatever the time zones of the process and of the database session',
  { timeout: 120_000 },
  async () => {
    const reports = await Promise.all(
      zones.map(async (zone, index) => {
        const database = await freshDatabase(serverUrl ?? '')
        try {
          return await lifeIn(zone, { database: { url: database.url, zone: zones[(index + 2) % zones.length] ?? zone } })
        } finally {
          await database.drop()
        }
      }),
    )
    expect(reports.map(({ sessionZone }) => sessionZone)).toEqual(zones.map((_, index) => zones[(index + 2) % zones.length]))
    expect(new Set(reports.map(({ offset }) => offset)).size).toBe(zones.length)
    const inMemory = await lifeIn('UTC', { database: null })
    for (const { life } of reports) expect(life).toEqual(inMemory.life)
  },
)
