import { describe, expect, it } from 'vitest'
import { facts, table } from '../../src/cli/output.js'
import { printTo } from '../../src/cli/print.js'
import { onceASecond, progressOn } from '../../src/cli/progress.js'

describe('a table', () => {
  it('aligns its columns, numbers to the right, and leaves no spaces at the ends of lines', () => {
    const rows = [
      ['Zoë', 5, 'x'],
      ['a', 1200, ''],
    ]
    expect(table(['name', 'credits', 'note'], rows)).toBe('name  credits  note\nZoë         5  x\na        1200')
  })

  it('shows its headings when it has no rows', () => {
    expect(table(['a', 'b'], [])).toBe('a  b')
  })

  it('lets nothing that was stored steer the terminal', () => {
    expect(table(['name'], [['\u001b[2Jgone\nnext']])).toBe('name\n [2Jgone next')
    expect(facts([['name', 'a\u0007b']])).toBe('name  a b')
  })

  it('lets nothing that was stored reorder or hide what is shown', () => {
    expect(table(['name'], [['a\u202eb\u2066c\u200bd\ufeffe\u{e0041}f\ud800g\ue000h\u{50000}i']])).toBe('name\na b c d e f g h i')
    expect(facts([['name', 'a\u202eb']])).toBe('name  a b')
  })
})

describe('facts', () => {
  it('are aligned, and those that are not known are left out', () => {
    const text = facts([
      ['account', 'a1'],
      ['note', null],
      ['until', new Date('2026-01-31T09:00:00Z')],
      ['credits', 0],
      ['plan', undefined],
    ])
    expect(text).toBe('account  a1\nuntil    2026-01-31T09:00:00.000Z\ncredits  0')
  })
})

describe('printing', () => {
  const failing = (code?: string) =>
    printTo({ write: (_text, done) => done?.(code === undefined ? null : Object.assign(new Error(code), { code })) })

  it('says whether somebody reads, and fails where the output does', async () => {
    expect(await failing()('x')).toBe(true)
    expect(await failing('EPIPE')('x')).toBe(false)
    expect(await failing('ERR_STREAM_DESTROYED')('x')).toBe(false)
    await expect(failing('ENOSPC')('x')).rejects.toThrow('ENOSPC')
  })

  it('waits until what is printed is taken', async () => {
    let take = (): void => {}
    const print = printTo({
      write(_text, done) {
        take = () => done?.()
      },
    })
    let isPrinted = false
    const printing = print('x').then(() => {
      isPrinted = true
    })
    await Promise.resolve()
    expect(isPrinted).toBe(false)
    take()
    await printing
  })
})

describe('progress', () => {
  const written: string[] = []
  const stderr = (isTTY: boolean) => ({ stderr: { isTTY, write: (text: string) => written.push(text) } }) as never
  const shown = (isTTY: boolean, asked: boolean): string => {
    written.length = 0
    const progress = progressOn(stderr(isTTY), asked)
    progress.show('half')
    progress.show('all')
    progress.end()
    return written.join('')
  }

  it('renews one line on a terminal and takes it back', () => {
    expect(shown(true, false)).toBe('\r\u001b[2Khalf\r\u001b[2Kall\r\u001b[2K')
  })

  it('writes lines elsewhere, and only when asked', () => {
    expect(shown(false, true)).toBe('half\nall\n')
    expect(shown(false, false)).toBe('')
  })

  it('passes no more than one a second on', () => {
    const passed: number[] = []
    const pass = onceASecond((value: number) => passed.push(value))
    for (const value of [1, 2, 3]) pass(value)
    expect(passed).toEqual([1])
  })
})
