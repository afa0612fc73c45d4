import { describe, expect, it } from 'vitest'
import { inTurn, takeTurn } from '../../src/adapters/node/turns.js'

describe('turns', () => {
  it('are taken in the order in which they were asked for, one at a time', async () => {
    const owner = {}
    const events: string[] = []
    const work = (name: string) =>
      inTurn(owner, async () => {
        events.push(`${name} begins`)
        await Promise.resolve()
        events.push(`${name} ends`)
      })
    await Promise.all(['a', 'b', 'c'].map(work))
    expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  })

  it('with different owners do not wait for each other', async () => {
    await takeTurn({})
    expect(await inTurn({}, async () => 'done')).toBe('done')
  })

  it('go on after work that failed', async () => {
    const owner = {}
    const failing = inTurn(owner, async () => {
      throw new Error('failed')
    })
    const next = inTurn(owner, async () => 'done')
    await expect(failing).rejects.toThrow('failed')
    expect(await next).toBe('done')
  })
})
