import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { gatherKeyUses } from '../../src/adapters/node/key-uses.js'

const start = new Date('2026-01-01T00:00:00.000Z').getTime()
const at = (seconds: number) => new Date(start + seconds * 1000)
const note = (secretHash: string, seconds = 0, lastUsedAt: Date | null = null) => ({ secretHash, lastUsedAt, at: at(seconds) })

function gathered(write: () => Promise<unknown> = async () => 1) {
  const written: [string[], Date][] = []
  const errors: unknown[] = []
  const uses = gatherKeyUses({
    write: (keys) => {
      written.push([[...keys.secretHashes], keys.at])
      return write()
    },
    onError: (error) => errors.push(error),
  })
  return { ...uses, written, errors }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('uses of keys', () => {
  test('are gathered for a second and written together, as of the last of them', async () => {
    const uses = gathered()
    uses.note(note('a', 0))
    uses.note(note('b', 0.5))
    await vi.advanceTimersByTimeAsync(999)
    expect(uses.written).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(uses.written).toEqual([[['a', 'b'], at(0.5)]])
    uses.note(note('c', 2))
    await vi.advanceTimersByTimeAsync(1000)
    expect(uses.written).toHaveLength(2)
  })

  test('of one key are written once a minute, whatever was last read of it', async () => {
    const uses = gathered()
    for (const seconds of [0, 0, 1, 59.999]) {
      uses.note(note('a', seconds))
      await uses.flush()
    }
    expect(uses.written).toEqual([[['a'], at(0)]])
    uses.note(note('a', 60))
    await uses.flush()
    expect(uses.written).toHaveLength(2)
  })

  test('are not written that somebody else wrote within the minute', async () => {
    const uses = gathered()
    uses.note(note('a', 59.999, at(0)))
    uses.note(note('b', 60, at(0)))
    await uses.flush()
    expect(uses.written).toEqual([[['b'], at(60)]])
  })

  test('are not written again within the minute when the clock steps back', async () => {
    const uses = gathered()
    uses.note(note('a', 100))
    uses.note(note('a', 50))
    await uses.flush()
    expect(uses.written).toEqual([[['a'], at(100)]])
  })

  test('that cannot be written are told of, lost, and tried no more for a minute', async () => {
    const uses = gathered(() => Promise.reject(new Error('down')))
    uses.note(note('a'))
    uses.note(note('a', 30))
    await vi.advanceTimersByTimeAsync(1000)
    expect(uses.errors).toEqual([new Error('down')])
    uses.note(note('a', 59))
    await uses.flush()
    expect(uses.written).toHaveLength(1)
  })

  test('harm nobody when the listener fails as well', async () => {
    const uses = gatherKeyUses({
      write: () => Promise.reject(new Error('down')),
      onError: () => {
        throw new Error('the log is full')
      },
    })
    uses.note(note('a'))
    await uses.flush()
  })

  test('go in batches of 500, one at a time', async () => {
    let inFlight = 0
    const uses = gathered(async () => {
      inFlight += 1
      expect(inFlight).toBe(1)
      await Promise.resolve()
      inFlight -= 1
    })
    for (let n = 0; n < 1200; n++) uses.note(note(`${n}`))
    await Promise.all([uses.flush(), uses.flush()])
    expect(uses.written.map(([hashes]) => hashes.length)).toEqual([500, 500, 200])
    expect(uses.errors).toEqual([])
  })

  test('take no more memory when the database does not answer', async () => {
    let answer = (): void => undefined
    const first = new Promise<void>((resolve) => {
      answer = resolve
    })
    const uses = gathered(() => first)
    uses.note(note('first'))
    void uses.flush()
    for (let n = 0; n < 30_000; n++) uses.note(note(`${n}`))
    answer()
    await uses.flush()
    expect(uses.written.flatMap(([hashes]) => hashes)).toHaveLength(10_001)
  })

  test('keep no process alive', async () => {
    vi.useRealTimers()
    const program = `import { gatherKeyUses } from './src/adapters/node/key-uses.ts'
      const uses = gatherKeyUses({ write: async () => console.log('written'), onError() {} })
      uses.note({ secretHash: 'a', lastUsedAt: null, at: new Date(0) })
      process.on('exit', () => console.log('ended'))`
    const run = promisify(execFile)
    const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program])
    expect(stdout).toBe('ended\n')
  })
})
