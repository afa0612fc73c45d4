import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type HeardConnection, type KeptConnectionOptions, keepConnection } from '../../src/adapters/node/kept-connection.js'

/** A peer that a test cuts off, silences or turns away. */
function peer() {
  const log: string[] = []
  let next = (): void => undefined
  const said = (what: string): void => {
    log.push(what)
    next()
  }
  const state = { isSilent: false, refusals: 0, lose: (): void => undefined }
  const open = async (onLost: () => void): Promise<HeardConnection> => {
    if (state.refusals > 0) {
      state.refusals -= 1
      said('refused')
      throw new Error('refused')
    }
    said('opened')
    state.lose = onLost
    return {
      beat: () => (state.isSilent ? new Promise(() => undefined) : Promise.resolve()),
      close: async () => said('closed'),
    }
  }
  const close = keepConnection({ open, onHearing: (hears) => said(hears ? 'hears' : 'deaf'), beatMs: 20 })
  /** Waits until this has been said once more. */
  const until = async (what: string): Promise<void> => {
    const before = log.filter((each) => each === what).length
    while (log.filter((each) => each === what).length === before) {
      await new Promise<void>((resolve) => {
        next = resolve
      })
    }
  }
  return { log, state, until, close }
}

it('a kept connection is opened again when it is lost, and after refusals', async () => {
  const { log, state, until, close } = peer()
  await until('hears')
  state.refusals = 2
  state.lose()
  await until('hears')
  await close()
  expect(log).toEqual(['opened', 'hears', 'deaf', 'closed', 'refused', 'refused', 'opened', 'hears', 'deaf', 'closed'])
})

it('a kept connection that goes silent is given up, and one that never brings a beat back is never heard', async () => {
  const { log, state, until, close } = peer()
  await until('hears')
  state.isSilent = true
  await until('deaf')
  await until('opened')
  await until('closed')
  state.isSilent = false
  await until('hears')
  await close()
  expect(log.slice(0, 6)).toEqual(['opened', 'hears', 'deaf', 'closed', 'opened', 'closed'])
})

it('a kept connection is closed for good', async () => {
  const { log, until, close } = peer()
  await until('hears')
  await close()
  const length = log.length
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(log).toHaveLength(length)
})

/** For a busy machine. */
const patience = { timeout: 10_000 }

it.each([
  [
    'throws',
    () => {
      throw new Error('broken')
    },
  ],
  ['is no promise', () => undefined as unknown as Promise<unknown>],
  ['rejects', () => Promise.reject(new Error('broken'))],
])('a kept connection is opened again when the close of the one before %s', async (_, closeIt) => {
  let opened = 0
  const lost: (() => void)[] = []
  const open = async (onLost: () => void): Promise<HeardConnection> => {
    opened += 1
    lost.push(onLost)
    return { beat: async () => undefined, close: closeIt }
  }
  const heard: boolean[] = []
  const close = keepConnection({ open, onHearing: (hears) => void heard.push(hears), beatMs: 20 })
  await vi.waitFor(() => expect(heard).toEqual([true]), patience)
  lost[0]?.()
  await vi.waitFor(() => expect(heard).toEqual([true, false, true]), patience)
  expect(opened).toBe(2)
  await close()
})

/** What is told of a connection that is opened so, until the test ends it. */
function told(open: KeptConnectionOptions['open']) {
  const heard: unknown[] = []
  const end = keepConnection({
    open,
    onHearing: (isHearing, reason) => void heard.push(reason === undefined ? [isHearing] : [isHearing, reason]),
    beatMs: 1000,
  })
  return { heard, end }
}

const refused = (): Error => Object.assign(new Error('connect ECONNREFUSED user:secret@host'), { code: 'ECONNREFUSED' })
const silence = (): Promise<never> => new Promise(() => undefined)
const fine: HeardConnection = { beat: async () => undefined, close: async () => undefined }

describe('why a kept connection is not heard', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it.each<[string, string, KeptConnectionOptions['open']]>([
    ['cannot be opened', 'ECONNREFUSED', () => Promise.reject(refused())],
    ['cannot be opened and does not say why', 'failed', () => Promise.reject(new Error('secret'))],
    ['is never opened', 'no_answer', silence],
    ['brings no beat back', 'no_answer', async () => ({ ...fine, beat: silence })],
    ['fails at the first beat', 'ECONNREFUSED', async () => ({ ...fine, beat: () => Promise.reject(refused()) })],
  ])('is told after the first try, and once, where it %s: %s', async (_, reason, open) => {
    const { heard, end } = told(open)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(heard).toEqual([[false, reason]])
    await vi.advanceTimersByTimeAsync(60_000)
    await end()
    expect(heard).toEqual([[false, reason]])
  })

  it.each<[string, string, unknown]>([
    ['with a code', 'ECONNREFUSED', refused()],
    ['without one', 'lost', new Error('secret')],
    ['without a word', 'lost', undefined],
  ])('is told where it is lost %s, and again when it is back', async (_, reason, cause) => {
    let lose = (_cause?: unknown): void => undefined
    const { heard, end } = told(async (onLost) => {
      lose = onLost
      return fine
    })
    await vi.advanceTimersByTimeAsync(1000)
    lose(cause)
    await vi.advanceTimersByTimeAsync(1000)
    expect(heard).toEqual([[true], [false, reason], [true]])
    await end()
    expect(heard).toEqual([[true], [false, reason], [true], [false, 'closed']])
  })

  it('is nothing to tell of where it was ended before it was open', async () => {
    const { heard, end } = told(silence)
    await end()
    expect(heard).toEqual([])
  })
})
