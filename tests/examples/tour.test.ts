import { describe, expect, it } from 'vitest'
import { startExample } from './program.js'

describe('the tour of the demo', () => {
  it('walks through everything and ends well', { timeout: 120_000 }, async () => {
    const tour = startExample('demo/main.ts', { args: ['--tour'] })
    const code = await tour.ended()
    const text = tour.output()
    expect(text).toContain('Everything was as it should be.')
    expect(code).toBe(0)
    const answers = [...text.matchAll(/← (\d+)/g)].map(([, status]) => Number(status))
    for (const status of [200, 201, 402, 403, 409, 422, 429]) expect(answers).toContain(status)
    for (const fact of [
      'free-trial',
      '2000',
      'insufficient_credits',
      'data.replayed: true',
      'Retry-After',
      'account_suspended',
      'starter',
    ]) {
      expect(text).toContain(fact)
    }
  })

  it('knows no other way', { timeout: 60_000 }, async () => {
    const demo = startExample('demo/main.ts', { args: ['--walk'] })
    expect(await demo.ended()).toBe(2)
    expect(demo.output()).toContain('npm run demo -- --tour')
  })
})
