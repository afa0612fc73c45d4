import { describe, expect, it } from 'vitest'
import { onceASecond } from '../../examples/shared/readiness.js'

describe('a check that is made once a second', () => {
  it('answers for a second what it found, shared by all who ask', async () => {
    let [now, made] = [5_000, 0]
    const check = onceASecond(
      async () => {
        made += 1
        if (made === 2) throw new Error('gone')
      },
      () => new Date(now),
    )
    await Promise.all(Array.from({ length: 50 }, check))
    now += 999
    await check()
    expect(made).toBe(1)
    now += 1
    await expect(check()).rejects.toThrow('gone')
    await expect(check()).rejects.toThrow('gone')
    expect(made).toBe(2)
    now -= 1 // set back
    await check()
    expect(made).toBe(3)
  })
})
