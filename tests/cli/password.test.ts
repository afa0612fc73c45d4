import { describe, expect, it } from 'vitest'
import { captured, type Surroundings } from './captured.js'

// Nothing listens there: who gets that far has given a password.
const env = { DATABASE_URL: 'postgres://me@127.0.0.1:1/nowhere' }
const createAdmin = (surroundings: Surroundings, ...more: string[]) =>
  captured(['create-admin', '--email', 'ada@example.com', ...more], { ...surroundings, env: { ...env, ...surroundings.env } })

const secret = 'korrekt horse'

describe("an administrator's password", () => {
  it.each([`${secret}`, `${secret}\n`, `${secret}\r\n`])('comes as %j from standard input', async (input) => {
    const { exitCode, stderr } = await createAdmin({ input }, '--password-stdin')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('cannot be reached')
  })

  it.each([
    ['nothing', '', 'There is no password'],
    ['a line break only', '\n', 'There is no password'],
    ['two lines', `${secret}\n${secret}\n`, 'more than one line'],
    ['what is not UTF-8', Buffer.from([0xff, 0xfe, 0x61]), 'not UTF-8'],
    ['more than 4096 bytes', 'x'.repeat(4097), 'longer than 4096 bytes'],
  ])('cannot be %s on standard input', async (_, input, says) => {
    const { exitCode, stderr } = await createAdmin({ input }, '--password-stdin')
    expect(exitCode).toBe(2)
    expect(stderr).toContain(says)
  })

  it('is not read from a terminal with --password-stdin, which would show it', async () => {
    const { exitCode, stderr } = await createAdmin({ typed: [] }, '--password-stdin')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('leave it out to be asked')
  })

  it('comes from the environment', async () => {
    const { stderr } = await createAdmin({ env: { TENANTRY_ADMIN_PASSWORD: secret } })
    expect(stderr).toContain('cannot be reached')
    expect(stderr).not.toContain(secret)
  })

  it('is asked for twice on a terminal and not shown', async () => {
    const { exitCode, stdout, stderr } = await createAdmin({ typed: [`korrekt horsx\u007fe\r`, `${secret}\r`] })
    expect(exitCode).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toBe('Password: \nThe same again: \nThe database nowhere at 127.0.0.1:1 cannot be reached: nothing listens there.\n')
  })

  it('is refused when it is typed differently the second time', async () => {
    const { exitCode, stderr } = await createAdmin({ typed: [`${secret}\r`, 'something else\r'] })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('The two passwords differ. Nothing was done.')
  })

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('may be left unanswered with %s', async (_, key) => {
    const { exitCode, stderr } = await createAdmin({ typed: [key] })
    expect(exitCode).toBe(1)
    expect(stderr).toBe('Password: \nCancelled. Nothing was done.\n')
  })

  it('is no argument', async () => {
    const { exitCode, stderr } = await createAdmin({}, `--password=${secret}`)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('There is no option --password here.')
    expect(stderr).not.toContain(secret)
  })
})
