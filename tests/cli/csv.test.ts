import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvLine } from '../../src/cli/csv.js'

describe('a line of CSV', () => {
  it.each([
    ['plain', 'plain'],
    ['', ''],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['two\r\nlines', '"two\r\nlines"'],
    [' spaced', '" spaced"'],
    ['spaced ', '"spaced "'],
    ['Zoë 東京 🎈', 'Zoë 東京 🎈'],
    ['a;b', 'a;b'],
  ])('writes %j as %j', (text, cell) => {
    expect(csvLine([text])).toBe(`${cell}\r\n`)
  })

  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', '"\'\r=1"'],
    ['\n=1', '"\'\n=1"'],
    ['＝1', "'＝1"],
    ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
    ["'=1", "''=1"],
    ["'quoted'", "'quoted'"],
    ['a=1', 'a=1'],
  ])('lets no spreadsheet take %j for a formula', (text, cell) => {
    expect(csvLine([text])).toBe(`${cell}\r\n`)
  })

  it('leaves numbers numbers, and what is not there empty', () => {
    const cells = [-5, 0, Number.MAX_SAFE_INTEGER, null, new Date('2026-01-31T09:00:00Z'), 'x']
    expect(csvLine(cells)).toBe('-5,0,9007199254740991,,2026-01-31T09:00:00.000Z,x\r\n')
  })

  it('is read back by whoever follows the standard and takes the apostrophe away', () => {
    const character = fc.constantFrom(...`=+-@'"\t\r\n, ab＝é🎈`)
    fc.assert(
      fc.property(fc.array(fc.string({ unit: character, maxLength: 8 }), { minLength: 1, maxLength: 4 }), (texts) => {
        const cells = parse(csvLine(texts))
        expect(cells.filter((cell) => /^[=+\-@\t\r\n＝]/.test(cell))).toEqual([])
        expect(cells.map((cell) => cell.replace(/^'(?='*[=+\-@\t\r\n＝＋－＠])/, ''))).toEqual(texts)
      }),
      { numRuns: 2000 },
    )
  })
})

/** One record, by the grammar of RFC 4180. */
function parse(line: string): string[] {
  const cells: string[] = []
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
  while (field.lastIndex < line.length) {
    const match = field.exec(line)
    if (match === null) throw new Error(`no record: ${JSON.stringify(line)}`)
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
  }
  return cells
}
