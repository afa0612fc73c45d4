import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalEmail } from '../../src/domain/email.js'
import { everyTrialRule, foldEmail, noTrialForDomains, oneTrialPerMailbox, type TrialFacts } from '../../src/domain/trial.js'

const facts = (email: string, fingerprints: readonly string[] = []): TrialFacts => ({
  email,
  fingerprints,
  firstName: '',
  lastName: '',
  externalUserId: null,
  now: new Date(0),
})

describe('foldEmail', () => {
  test.each([
    ['ada@example.com', 'ada@example.com'],
    ['ada+news@example.com', 'ada@example.com'],
    ['ada+a+b@example.com', 'ada@example.com'],
    ['a.d.a@example.com', 'a.d.a@example.com'],
    ['a.d.a+x@gmail.com', 'ada@gmail.com'],
    ['ada@googlemail.com', 'ada@gmail.com'],
    ['a-d_a.x+tag@protonmail.com', 'adax@proton.me'],
    ['adax@pm.me', 'adax@proton.me'],
    ['ada-shop@yahoo.com', 'ada@yahoo.com'],
    ['ada-shop@example.com', 'ada-shop@example.com'],
    ['ada-x+y@yahoo.com', 'ada@yahoo.com'],
    ['+x@example.com', '+x@example.com'],
    ['+x+y@example.com', '+x@example.com'],
    ['-@proton.me', '-@proton.me'],
    ['ada@gmail.com.example.com', 'ada@gmail.com.example.com'],
    ['ada@constructor.com', 'ada@constructor.com'],
  ])('makes of %s the mailbox %s', (email, mailbox) => {
    expect(foldEmail(email)).toBe(mailbox)
  })

  test('folds every canonical address to an address, and a mailbox to itself', () => {
    const local = fc.stringMatching(/^[a-z0-9+_-]{1,6}(\.[a-z0-9+_-]{1,6}){0,2}$/)
    const domain = fc.constantFrom('example.com', 'gmail.com', 'googlemail.com', 'proton.me', 'yahoo.com')
    fc.assert(
      fc.property(local, domain, (name, host) => {
        const email = canonicalEmail(`${name}@${host}`)
        fc.pre(email !== null)
        const mailbox = foldEmail(email ?? '')
        expect(mailbox).toMatch(/^.+@[a-z.]+$/)
        // What begins with a tag keeps it, and is then told apart by all of it.
        if (!/^[+-]/.test(mailbox)) expect(foldEmail(mailbox)).toBe(mailbox)
      }),
    )
  })
})

describe('noTrialForDomains', () => {
  const rule = noTrialForDomains(['Mailinator.com ', 'trash.example'])
  test.each([
    ['ada@mailinator.com', false],
    ['ada@x.mailinator.com', false],
    ['ada@y.x.trash.example', false],
    ['ada@notmailinator.com', true],
    ['ada@example', true],
    ['ada@mailinator.com.example.com', true],
  ])('judges %s: eligible %s', (email, eligible) => {
    expect(rule(facts(email))).toEqual(eligible ? { eligible } : { eligible, reason: 'disposable_domain' })
  })
})

describe('everyTrialRule', () => {
  test('claims what all rules claim', () => {
    const taxId = () => ({ eligible: true, claims: [{ kind: 'fingerprint', value: 'tax:1' }] }) as const
    expect(everyTrialRule(oneTrialPerMailbox, taxId, () => ({ eligible: true }))(facts('a+1@example.com'))).toEqual({
      eligible: true,
      claims: [
        { kind: 'email', value: 'a@example.com' },
        { kind: 'fingerprint', value: 'tax:1' },
      ],
    })
  })

  test('answers the first refusal, and asks no further', () => {
    const never = () => {
      throw new Error('asked')
    }
    const refused = everyTrialRule(noTrialForDomains(['example.com']), never)(facts('a@example.com'))
    expect(refused).toEqual({ eligible: false, reason: 'disposable_domain' })
    expect(everyTrialRule()(facts('a@example.com'))).toEqual({ eligible: true, claims: [] })
  })
})
