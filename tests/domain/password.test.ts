import { describe, expect, test } from 'vitest'
import { isCommonPassword } from '../../src/domain/common-passwords.js'
import { passwordProblem } from '../../src/domain/password.js'

const policy = { minLength: 8 }

describe('passwordProblem', () => {
  test.each([
    ['SecurePass123!'],
    ['correct horse battery staple'],
    ['        '],
    ['abcdefg\u0301'],
    ['пароль моего кота'],
    ['🦊🦊🦊🦊🦊🦊🦊🦊'],
    ['x'.repeat(72)],
    ['漢'.repeat(24)],
    ['tab\tand\nnewline'],
  ])('finds nothing wrong with %j', (password) => {
    expect(passwordProblem(password, policy)).toBeNull()
  })

  test.each([
    ['', 'use at least 8 characters'],
    ['short7!', 'use at least 8 characters'],
    // Seven characters in fourteen UTF-16 units.
    ['🦊🦊🦊🦊🦊🦊🦊', 'use at least 8 characters'],
    ['x'.repeat(73), 'use at most 72 bytes (characters outside ASCII take two to four)'],
    [`${'漢'.repeat(24)}x`, 'use at most 72 bytes (characters outside ASCII take two to four)'],
    ['nothing\0here', 'leave out the NUL character'],
    ['half a pair \ud83e', 'use whole Unicode characters'],
    ['half a pair \udd8a', 'use whole Unicode characters'],
    ['password123', 'this is one of the best-known passwords; choose another'],
    ['PassWord123', 'this is one of the best-known passwords; choose another'],
    ['12345678', 'this is one of the best-known passwords; choose another'],
    ['qwertyuiop', 'this is one of the best-known passwords; choose another'],
    ['P@ssw0rd', 'this is one of the best-known passwords; choose another'],
  ])('says what is wrong with %j', (password, problem) => {
    expect(passwordProblem(password, policy)).toBe(problem)
  })

  test('goes by the length that the host asks for', () => {
    expect(passwordProblem('fourteen chars', { minLength: 15 })).toBe('use at least 15 characters')
    expect(passwordProblem('fifteen chars!!', { minLength: 15 })).toBeNull()
  })

  test.each([
    ['ada.lovelace@example.com', 'ada.lovelace@example.com'],
    ['Ada.Lovelace@Example.com', 'ada.lovelace@example.com'],
    ['ada.lovelace', 'ada.lovelace@example.com'],
    ['ADA.LOVELACE', ' Ada.Lovelace@example.com '],
  ])('refuses %j to %j', (password, email) => {
    expect(passwordProblem(password, policy, email)).toBe('choose something other than the e-mail address')
  })

  test.each([
    ['ada.lovelace1', 'ada.lovelace@example.com'],
    ['example.com', 'ada.lovelace@example.com'],
    ['ada.lovelace', undefined],
    ['ada.lovelace', 'not an address'],
  ])('leaves %j to %j', (password, email) => {
    expect(passwordProblem(password, policy, email)).toBeNull()
  })
})

describe('isCommonPassword', () => {
  test.each(['password', 'iloveyou1', '1q2w3e4r', 'letmein123', 'contraseña', 'CONTRASEÑA', '!@#$%^&*', 'pa$$w0rd', 'snowball'])(
    'knows %j',
    (password) => {
      expect(isCommonPassword(password)).toBe(true)
    },
  )

  test.each(['', ' ', 'password ', 'my password is long', 'undefined'])('does not know %j', (password) => {
    expect(isCommonPassword(password)).toBe(false)
  })
})
