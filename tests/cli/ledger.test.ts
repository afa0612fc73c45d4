import type { CreditEntry } from 'tenantry'
import { beforeAll, describe, expect, it } from 'vitest'
import { csvLedger, jsonLedger, type LedgerFormat, ndjsonLedger, tableLedger } from '../../src/cli/ledger-formats.js'
import { type LedgerPart, printLedger } from '../../src/cli/print-ledger.js'
import { admin, createHost, signUp } from '../support/host.js'

/** An account whose ledger has `length` entries. */
async function accountWith(length: number) {
  const host = await createHost({ start: '2026-01-31T09:00:00.000Z' })
  const { tenantry } = host
  const { account } = await signUp(host)
  const accountId = account.id
  for (let sequence = 2; sequence <= length; sequence++) {
    await tenantry.adjustCredits({ accountId, amount: 1, idempotencyKey: `k${sequence}`, reason: `entry ${sequence}` }, admin)
  }
  return { tenantry, accountId }
}

/** One is enough for all who only read. */
let long: ReturnType<typeof accountWith>
beforeAll(() => {
  long = accountWith(450)
})

/** How a ledger is printed. */
async function ledger(account = long) {
  const { tenantry, accountId } = await account
  const happened: string[] = []
  const watched: Pick<typeof tenantry, 'listCreditEntries'> = {
    listCreditEntries: (input) => {
      happened.push(`read ${input.limit}`)
      return tenantry.listCreditEntries(input)
    },
  }
  let [printed, reader] = ['', (_text: string): boolean => true]
  const print = async (text: string): Promise<boolean> => {
    happened.push('print')
    printed += text
    return reader(text)
  }
  return {
    tenantry,
    accountId,
    happened,
    closeAfter: (text: string) => {
      reader = () => !printed.includes(text)
    },
    async print(format: LedgerFormat, part: Partial<LedgerPart> = {}) {
      const progress: string[] = []
      const onProgress = ({ printed: done, of }: { printed: number; of: number }) => void progress.push(`${done} of ${of}`)
      await printLedger(watched, { accountId, before: undefined, limit: Number.POSITIVE_INFINITY, ...part }, { format, print, onProgress })
      return { text: printed, progress }
    },
  }
}

const sequences = (text: string): number[] => text.match(/(?<="sequence":)\d+/g)?.map(Number) ?? []
const down = (from: number, to: number): number[] => Array.from({ length: from - to + 1 }, (_, index) => from - index)

describe('printing a ledger', () => {
  it('reads a page, prints it, and only then reads the next one', async () => {
    const { print, happened } = await ledger()
    const { text, progress } = await print(ndjsonLedger())
    expect(sequences(text)).toEqual(down(450, 1))
    expect(happened).toEqual(['read 200', 'print', 'read 200', 'print', 'read 200', 'print', 'print'])
    expect(progress).toEqual(['200 of 450', '400 of 450', '450 of 450'])
  })

  it.each([
    { limit: 1, before: undefined, expected: down(450, 450) },
    { limit: 200, before: undefined, expected: down(450, 251) },
    { limit: 201, before: '400', expected: down(399, 199) },
    { limit: 450, before: undefined, expected: down(450, 1) },
    { limit: 451, before: undefined, expected: down(450, 1) },
    { limit: 5, before: '3', expected: [2, 1] },
    { limit: 5, before: '1', expected: [] },
  ])('prints $limit entries before $before', async ({ limit, before, expected }) => {
    const { print } = await ledger()
    expect(sequences((await print(ndjsonLedger(), { limit, before })).text)).toEqual(expected)
  })

  it('shifts nothing when entries come while it prints', async () => {
    const { print, tenantry, accountId, happened } = await ledger(accountWith(250))
    const format = ndjsonLedger()
    const add: LedgerFormat['add'] = (entries) => {
      // As another process would, between two pages.
      void tenantry.adjustCredits({ accountId, amount: 1, idempotencyKey: `late${happened.length}`, reason: 'late' }, admin)
      return format.add(entries)
    }
    expect(sequences((await print({ ...format, add })).text)).toEqual(down(250, 1))
  })

  it('reads no further when nobody reads any more', async () => {
    const { print, happened, closeAfter } = await ledger()
    closeAfter('"sequence":251,')
    await print(ndjsonLedger())
    expect(happened).toEqual(['read 200', 'print'])
  })

  it('prints nothing of an account that does not exist', async () => {
    const { print, happened } = await ledger()
    await expect(print(jsonLedger('nobody'), { accountId: 'nobody' })).rejects.toMatchObject({ code: 'account_not_found' })
    expect(happened).toEqual(['read 200'])
  })
})

describe('a ledger as JSON', () => {
  it.each([0, 1, 200, 250])('is the document that it would be if its %d entries were written at once', async (limit) => {
    const { print, tenantry, accountId } = await ledger()
    const { text } = await print(jsonLedger(accountId), limit === 0 ? { before: '1' } : { limit })
    const all: CreditEntry[] = []
    for (let before: string | undefined; all.length < limit; ) {
      const page = await tenantry.listCreditEntries({ accountId, before, limit: Math.min(50, limit) })
      all.push(...page.items)
      before = page.next ?? undefined
    }
    const next = limit === 0 ? null : String(all.at(-1)?.sequence)
    expect(text).toBe(`${JSON.stringify({ accountId, entries: all, next }, null, 2)}\n`)
  })

  it('keeps line separators inside of texts', () => {
    const format = jsonLedger('a1')
    const entry = entryOf({ description: 'a\u2028b\u2029c\nd' })
    expect(JSON.parse(format.add([entry]) + format.end(null)).entries[0].description).toBe('a\u2028b\u2029c\nd')
    const line = ndjsonLedger().add([entry])
    expect(JSON.parse(line)).toMatchObject({ description: entry.description })
    expect(line.indexOf('\n')).toBe(line.length - 1)
  })
})

describe('a ledger as CSV', () => {
  it('has the names of the fields once, and guards what people wrote', () => {
    const format = csvLedger()
    const actor = { type: 'admin', id: '+me' } as const
    const metadata = { page: 'a,"b"' }
    const text = [
      format.add([entryOf({ operation: '=1+1', description: '-a, b', actor, metadata, userId: 'u1' })]),
      format.add([entryOf({ amount: 7, refundsEntryId: 'e0', apiKeyId: 'k1' })]),
      format.end('1'),
    ].join('')
    expect(text).toBe(
      [
        'sequence,id,createdAt,type,amount,balanceAfter,operation,description,userId,apiKeyId,refundsEntryId,actorType,actorId,idempotencyKey,metadata',
        `5,e5,2026-01-31T09:00:00.000Z,usage,-10,1990,'=1+1,"'-a, b",u1,,,admin,'+me,k5,"{""page"":""a,\\""b\\""""}"`,
        '5,e5,2026-01-31T09:00:00.000Z,usage,7,1990,page.generate,page.generate,,k1,e0,,,k5,{}',
        '',
      ].join('\r\n'),
    )
  })
})

describe('a ledger as a table', () => {
  it('has its headings once, columns that stay, and what came and went in all', () => {
    const format = tableLedger()
    const first = entryOf({ sequence: 10, type: 'adjustment', operation: null, description: 'a mistake', amount: 2000, balanceAfter: 3990 })
    const text = format.add([first]) + format.add([entryOf({ sequence: 9 }), entryOf({ operation: 'x', description: 'y' })])
    expect(text + format.end('5')).toBe(`entry  when                      type        credits  balance  for
   10  2026-01-31T09:00:00.000Z  adjustment     2000     3990  a mistake
    9  2026-01-31T09:00:00.000Z  usage           -10     1990  page.generate
    5  2026-01-31T09:00:00.000Z  usage           -10     1990  x: y

3 entries: 2000 credits came, 20 went
There are older ones: --limit all, or --before 5
`)
  })

  it('adds up exactly what no number can hold', () => {
    const format = tableLedger()
    format.add([entryOf({ amount: Number.MAX_SAFE_INTEGER }), entryOf({ amount: Number.MAX_SAFE_INTEGER }), entryOf({ amount: 1 })])
    expect(format.end(null)).toBe('\n3 entries: 18014398509481983 credits came, 0 went\n')
  })

  it('of nothing is its headings', () => {
    const format = tableLedger()
    expect(format.add([]) + format.end(null)).toBe('entry  when  type  credits  balance  for\n\n0 entries: 0 credits came, 0 went\n')
  })
})

const entryOf = (more: Partial<CreditEntry>): CreditEntry => ({
  id: 'e5',
  accountId: 'a1',
  sequence: 5,
  type: 'usage',
  amount: -10,
  balanceAfter: 1990,
  operation: 'page.generate',
  description: 'page.generate',
  idempotencyKey: 'k5',
  metadata: {},
  userId: null,
  apiKeyId: null,
  refundsEntryId: null,
  actor: null,
  createdAt: new Date('2026-01-31T09:00:00Z'),
  ...more,
})
