import { describe, expect, it } from 'vitest'
import { captured } from './captured.js'

// Nothing listens on port 1: a command that passes the checks of its arguments ends with exit code 1 instead of 2.
const env = { DATABASE_URL: 'postgres://me@127.0.0.1:1/nowhere' }
const grant = ['grant', '--account', 'a1', '--key', 'k1']
const confirm = ['confirm-bank-transfer', '--account', 'a1', '--reference', 'BT-1', '--payer', 'Ada']

describe('the arguments of a command', () => {
  it.each([
    { argv: [], says: 'Name a command.' },
    { argv: ['frobnicate'], says: 'There is no such command.' },
    { argv: ['constructor'], says: 'There is no such command.' },
    { argv: ['help', 'frobnicate'], says: 'There is no such command.' },
    { argv: ['--json'], says: 'There is no such command.' },
    { argv: ['status', '--frobnicate'], says: 'There is no option --frobnicate here.' },
    { argv: ['status', '--__proto__=1'], says: 'There is no option --__proto__ here.' },
    { argv: ['status', '--constructor'], says: 'There is no option --constructor here.' },
    { argv: ['status', '-x'], says: 'There is no option -x here.' },
    { argv: ['status', '--no-json'], says: 'There is no option --no-json here.' },
    { argv: ['status', '--dry-run'], says: 'There is no option --dry-run here.' },
    { argv: ['status', 'now'], says: 'takes options only' },
    { argv: ['status', '--', 'now'], says: 'takes options only' },
    { argv: ['status', '--json', '--json'], says: '--json is given more than once.' },
    { argv: ['status', '--schema', 'a', '--schema', 'b'], says: '--schema is given more than once.' },
    { argv: ['status', '--json=yes'], says: '--json takes no value.' },
    { argv: ['status', '--schema'], says: '--schema needs a value: --schema NAME' },
    { argv: ['status', '--schema', '--json'], says: '--schema needs a value: --schema NAME' },
    { argv: ['status', '--schema='], says: '--schema must be a text that is not empty.' },
    { argv: ['status', '--url', 'mysql://localhost/x'], says: '--url must be an address such as postgres://' },
    { argv: ['grant', '--account', 'a1'], says: '--amount, --key are missing.' },
    { argv: ['suspend', '--account', 'a1'], says: '--reason is missing.' },
    { argv: ['suspend', '--reason', 'r'], says: 'Name the account' },
    { argv: ['suspend', '--reason', 'r', '--account', 'a1', '--email', 'a@example.com'], says: 'not both' },
    { argv: [...grant, '--amount', '1', '--type', 'gift'], says: '--type must be one of promotion, purchase, subscription.' },
    { argv: [...grant.slice(0, 1), '--amount', '1', '--key', 'k'], says: 'Name the account' },
    { argv: ['confirm-bank-transfer', '--reference', 'r', '--amount', '1', '--payer', 'p'], says: 'Say whose money it is' },
    { argv: [...confirm, '--amount', '1', '--email', 'a@example.com'], says: 'not both' },
    { argv: ['usage'], says: 'Name the account' },
    { argv: ['usage', '--account', 'a', '--email', 'a@example.com'], says: 'not both' },
    { argv: ['usage', '--account', 'a', '--by', 'hour'], says: '--by must be one of day, operation, user, api_key.' },
    { argv: ['usage', '--account', 'a', '--from', '2026-02-01', '--to', '2026-02-01'], says: '--from must be earlier than --to.' },
    { argv: ['usage', '--account', 'a', '--from', '9999-01-01'], says: 'the end of today (UTC) when left out' },
    { argv: ['usage', '--account', 'a', '--csv', '--json'], says: 'Pass --json or --csv, not both.' },
    { argv: ['usage', '--account', 'a', '--ndjson'], says: 'There is no option --ndjson here.' },
    { argv: ['entries'], says: 'Name the account' },
    { argv: ['entries', '--account', 'a', '--limit', '0'], says: '--limit must be a whole number from 1 on in digits, or "all".' },
    { argv: ['entries', '--account', 'a', '--limit=ALL'], says: '--limit must be' },
    { argv: ['entries', '--account', 'a', '--limit=-1'], says: '--limit must be' },
    { argv: ['entries', '--account', 'a', '--csv', '--ndjson'], says: 'Pass one of --json, --csv and --ndjson.' },
    { argv: ['rollback', '--steps', '0'], says: '--steps must be at least 1.' },
    { argv: ['plans', '--activate', 'a', '--deactivate', 'b'], says: 'Pass one of' },
    { argv: ['plans', '--dry-run'], says: 'a list changes nothing' },
    { argv: ['plans', '--actor', 'me'], says: '--actor belongs to' },
    { argv: ['plans', '--sync', '/nowhere/plans.json'], says: 'cannot be read' },
    { argv: ['throttles', '--account', 'a', '--remove'], says: 'Name what is throttled: --scope SCOPE.' },
    { argv: ['throttles', '--account', 'a', '--scope', 'api'], says: 'Pass --limit and --window, or --remove.' },
    { argv: ['create-admin', '--email', 'a@example.com'], says: 'no terminal to ask' },
  ])('$argv are refused with exit code 2 and the usage', async ({ argv, says }) => {
    const { exitCode, stdout, stderr } = await captured(argv, { env })
    expect({ exitCode, stdout: argv.includes('--json') ? '' : stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain(says)
    const known = !says.includes('command.')
    expect(stderr).toContain(known ? `Usage: tenantry ${argv[0]}` : 'Usage: tenantry <command>')
    const lines = stderr.trimEnd().split('\n')
    expect(lines.at(-1)).toContain(says)
    expect(lines.slice(1, -1)).toEqual([known ? `See tenantry ${argv[0]} --help` : 'See tenantry --help', ''])
  })

  const strangeNumbers = ['1e3', '0x10', ' 5 ', '5 ', '+5', '05', '٣', '1_000', '1,000', 'Infinity', 'NaN', '9007199254740992']
  it.each([...strangeNumbers, '1.5', '1.0'])('%j is no number of credits', async (number) => {
    const { exitCode, stderr } = await captured([...grant, `--amount=${number}`], { env })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--amount must be a whole number in digits')
  })

  it.each([...strangeNumbers.slice(0, -1), '-1', '1.', '.5', '29.99 USD', '$5'])('%j is no amount of money', async (amount) => {
    const { exitCode, stderr } = await captured([...confirm, `--amount=${amount}`], { env })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--amount must be a plain decimal amount')
  })

  it.each(['tomorrow', '2026-02-30', '2026-13-01', '2026-1-1', '2026-01-01T10:00', '2026-01-01 10:00Z', '2026-01-01T24:00Z', '1767225600'])(
    '%j is no date',
    async (date) => {
      const { exitCode, stderr } = await captured([...grant, '--amount', '1', '--expires', date], { env })
      expect(exitCode).toBe(2)
      expect(stderr).toContain('--expires must be a date')
      const usage = await captured(['usage', '--account', 'a1', '--from', date], { env })
      expect(usage.exitCode).toBe(2)
      expect(usage.stderr).toContain('--from must be a date')
    },
  )

  it.each([
    { argv: ['status'] },
    { argv: ['status', '--json', '--schema', 'billing'] },
    { argv: [...grant, '--amount', '1000', '--expires', '2028-02-29', '--type', 'purchase'] },
    { argv: [...grant, '--amount=0', '--expires=2026-12-31T18:00:00.5+02:00', '--description=-'] },
    { argv: [...confirm, '--amount', '29.99', '--months', '12', '--currency', 'USD'] },
    { argv: ['confirm-bank-transfer', '--payment', 'p', '--subscription', 's', '--reference', 'r', '--amount', '0', '--payer=--p'] },
    { argv: ['usage', '--account', 'a', '--from', '2026-01-01', '--to', '2026-01-01T00:00:01Z', '--by', 'api_key', '--csv'] },
    { argv: ['entries', '--email', 'a@example.com', '--limit', 'all', '--before', '7', '--ndjson', '--progress'] },
    { argv: ['plans', '--deactivate', 'starter', '--actor', 'me', '--dry-run'] },
  ])('$argv are taken', async ({ argv }) => {
    expect((await captured(argv, { env })).exitCode).toBe(1)
  })

  it('never repeats what was given for a value', async () => {
    const secret = 'hunter2-hunter2'
    for (const argv of [
      ['status', `postgres://me:${secret}@h/db`],
      ['status', '--url', `http://me:${secret}@h/db`],
      ['status', `--json=${secret}`],
      [...grant, '--amount', secret],
      ['status', `--no-such-option=${secret}`],
      ['status', '--json', secret],
    ]) {
      const { exitCode, stdout, stderr } = await captured(argv, { env })
      expect(exitCode).toBe(2)
      expect(stdout + stderr).not.toContain(secret)
    }
  })

  it.each(['2024/CANARYpw', '2024?CANARYpw', '2024#CANARYpw', 'CANARYpw/2024', '20/CANARY@pw'])(
    'takes no address that the password %j cuts in two, and shows nothing of it',
    async (password) => {
      const url = `postgres://u:${password}@127.0.0.1:1/db`
      for (const [argv, surroundings] of [
        [['status', '--url', url], {}],
        [['status', '--json', `--url=${url}`], {}],
        [['doctor'], { env: { DATABASE_URL: url } }],
      ] as const) {
        const { exitCode, stdout, stderr } = await captured(argv, surroundings)
        expect(exitCode).toBe(2)
        expect(stderr).toContain('percent-encoded')
        expect(stdout + stderr).not.toMatch(/CANARY|2024/)
      }
      const encoded = `postgres://u:${encodeURIComponent(password)}@127.0.0.1:1/db%40home`
      expect((await captured(['status', '--url', encoded])).exitCode).toBe(1)
    },
  )

  it('needs a database to be named', async () => {
    for (const env of [{}, { DATABASE_URL: '' }]) {
      const { exitCode, stderr } = await captured(['status'], { env })
      expect(exitCode).toBe(2)
      expect(stderr).toContain('set DATABASE_URL, or pass --url')
    }
  })

  it('says when DATABASE_URL is no address, and not what it is', async () => {
    const { exitCode, stderr } = await captured(['status'], { env: { DATABASE_URL: 'me:secret@host/db' } })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('DATABASE_URL must be an address such as postgres://')
    expect(stderr).not.toContain('secret')
  })

  it('explains a mistake to machines as one JSON document', async () => {
    const { exitCode, stderr, json } = await captured(['grant', '--json', '--amount', '1e3'], { env })
    expect(exitCode).toBe(2)
    expect(json()).toEqual({
      error: { code: 'usage', message: '--amount must be a whole number in digits, such as 12.', details: {} },
    })
    expect(stderr).toContain('Usage: tenantry grant')
  })
})
