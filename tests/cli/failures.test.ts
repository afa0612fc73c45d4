import { isTenantryError, TenantryError } from 'tenantry'
import { describe, expect, it } from 'vitest'
import { explain } from '../../src/cli/explain.js'
import { Failure } from '../../src/cli/failure.js'
import { unreachable } from '../../src/cli/target.js'
import { captured } from './captured.js'

describe('a database that cannot be reached', () => {
  const url = 'postgres://me:p%40ssword@127.0.0.1:1/shop?sslpassword=other'

  it('is one plain sentence with exit code 1, without the password', async () => {
    const { exitCode, stdout, stderr } = await captured(['status', '--url', url])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toBe('The database shop at 127.0.0.1:1 cannot be reached: nothing listens there.\n')
  })

  it('is one JSON document for machines, with nothing on stderr', async () => {
    const { exitCode, stderr, json } = await captured(['plans', '--json'], { env: { DATABASE_URL: url } })
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' })
    const message = 'The database shop at 127.0.0.1:1 cannot be reached: nothing listens there.'
    expect(json()).toEqual({ error: { code: 'store_unavailable', message, details: {} } })
  })

  it('is a finding of the doctor', async () => {
    const { exitCode, json } = await captured(['doctor', '--json', '--url', url])
    expect(exitCode).toBe(1)
    expect(json()).toMatchObject({ ok: false, checks: [{ check: 'connection', status: 'fail', fix: expect.any(String) }] })
  })

  it.each([
    [{ code: '28P01', message: 'password authentication failed for user "me"' }, 'the user or the password is wrong'],
    [{ code: '3D000' }, 'there is no such database'],
    [{ code: 'ENOTFOUND' }, 'the name of the host is not known'],
    [new Error('timeout exceeded when trying to connect'), 'nothing answered in time'],
    [new Error('The server does not support SSL connections'), 'the server does not speak TLS'],
    [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'the TLS certificate of the server is not trusted'],
    [new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'), 'the server asks for a password and none is given'],
    [new Error('Connection terminated unexpectedly'), 'the connection was cut off'],
    [{ code: 'constructor' }, 'the connection was not made'],
    [null, 'the connection was not made'],
  ])('is explained: %j', (error, cause) => {
    const { message } = unreachable({ url, schema: undefined }, error)
    expect(message).toBe(`The database shop at 127.0.0.1:1 cannot be reached: ${cause}.`)
  })

  it('is named as far as its address does', () => {
    const named = (address: string): string => unreachable({ url: address, schema: undefined }, null).message
    expect(named('postgres://host.example')).toContain('The database at host.example:5432 cannot')
    expect(named('postgresql:///shop?host=/tmp&password=secret')).toBe(
      'The database shop of the default host cannot be reached: the connection was not made.',
    )
  })
})

describe('an explanation', () => {
  const nothing = [{}, []] as const

  it('of a refusal is its code and message, with the details for machines', () => {
    const error = new TenantryError('plan_not_found', { planSlug: 'gold' })
    expect(explain(error, ...nothing)).toEqual({
      exitCode: 1,
      error: { code: 'plan_not_found', message: error.message, details: { planSlug: 'gold' } },
      text: `plan_not_found: ${error.message}`,
    })
  })

  it('of a failing database has the SQLSTATE, and the words of the database only where its tables are concerned', () => {
    const cause = Object.assign(new Error('relation "x" already exists'), { code: '42P07' })
    const failing = (operation: string): string =>
      explain(new TenantryError('store_unavailable', { operation }, { cause }), ...nothing).text
    expect(failing('findUser')).toMatch(/ \(SQLSTATE 42P07\)$/)
    expect(failing('findUser')).not.toContain('already exists')
    expect(failing('migrate')).toMatch(/The database says: relation "x" already exists \(SQLSTATE 42P07\)$/)
  })

  it('of a mistake has exit code 2, of anything else that stops a command 1', () => {
    const codes = (['usage', 'setup', 'store_unavailable', 'cancelled'] as const).map(
      (code) => explain(new Failure(code, 'x'), ...nothing).exitCode,
    )
    expect(codes).toEqual([2, 2, 1, 1])
  })

  it('of a bug holds no secret', () => {
    const url = 'postgres://me:p%40ss@host/db'
    const error = new Error(`bad ${url}, ${encodeURIComponent('p@ss')}, p@ss, sesame, other`)
    const env = { DATABASE_URL: 'postgres://me:other@host/db', TENANTRY_ADMIN_PASSWORD: 'sesame' }
    for (const argv of [
      ['status', '--url', url],
      ['status', `--url=${url}`],
    ]) {
      const { exitCode, error: forMachines, text } = explain(error, env, argv)
      expect(exitCode).toBe(1)
      expect(forMachines).toEqual({ code: 'unexpected', message: 'bad ***, ***, ***, ***, ***', details: {} })
      for (const secret of ['p@ss', 'p%40ss', 'sesame', 'other']) expect(text).not.toContain(secret)
      expect(text).toContain('failures.test.ts')
    }
  })

  it('of what is no error at all is still an explanation', () => {
    expect(explain('a text', { DATABASE_URL: 'postgres://me:%zz@host/db' }, []).error).toMatchObject({
      code: 'unexpected',
      message: 'a text',
    })
    expect(isTenantryError('a text')).toBe(false)
  })
})
