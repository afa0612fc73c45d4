import {
  everyTrialRule,
  noTrialForDomains,
  oneTrialPerMailbox,
  secureRandomBytes,
  type TrialEligibility,
  type TrialFacts,
  uuidv7,
} from 'tenantry'
import { describe, expect, test } from 'vitest'
import { cleanRefusalOf, createHost, type Host, signUp, wrongFieldsOf } from '../support/host.js'
import { wrappedStore } from '../support/wrapped-store.js'

const secret = 's'.repeat(32)
const newSecret = 'n'.repeat(32)

/** Hosts that share one database. */
const hostOn = ({ store }: Host, trial: NonNullable<Parameters<typeof createHost>[0]>['trial']) =>
  createHost({ wrap: () => store, newId: uuidv7, randomBytes: secureRandomBytes, trial })

const refusalTo = (host: Host, person: Parameters<typeof signUp>[1]) => cleanRefusalOf(host, () => signUp(host, person))

describe('a free trial', () => {
  test('is given once to a mailbox, where the host folds addresses; a registered address is told first', async () => {
    const host = await createHost({ trial: { eligibility: oneTrialPerMailbox } })
    await signUp(host, { email: 'ada+1@example.com' })
    expect(await refusalTo(host, { email: 'ada+2@example.com' })).toEqual({ code: 'trial_used', details: { by: 'email' } })
    expect(await refusalTo(host, { email: 'Ada@example.com' })).toEqual({ code: 'trial_used', details: { by: 'email' } })
    expect((await refusalTo(host, { email: 'ada+1@example.com' })).code).toBe('email_taken')
    await signUp(host, { email: 'eve@example.com' })
  })

  test('is given to every address where the host does not', async () => {
    const host = await createHost()
    await signUp(host, { email: 'ada+1@example.com' })
    await signUp(host, { email: 'ada+2@example.com' })
  })

  test('that was given before the host folded addresses counts for its mailbox', async () => {
    const before = await createHost()
    await signUp(before, { email: 'ada@example.com' })
    const after = await hostOn(before, { eligibility: oneTrialPerMailbox })
    expect((await refusalTo(after, { email: 'ada+2@example.com' })).code).toBe('trial_used')
  })

  test('is given once to a fingerprint, whatever the address', async () => {
    const host = await createHost()
    await signUp(host, { email: 'a@example.com', fingerprints: ['card 1', 'device 1'] })
    expect(await refusalTo(host, { email: 'b@example.com', fingerprints: ['card 2', 'device 1'] })).toEqual({
      code: 'trial_used',
      details: { by: 'fingerprint' },
    })
    await signUp(host, { email: 'b@example.com', fingerprints: ['card 2', 'card 2'] })
    await signUp(host, { email: 'c@example.com' })
  })

  test('is refused for what the host’s rule says, and nothing is claimed then', async () => {
    const host = await createHost({ trial: { eligibility: everyTrialRule(oneTrialPerMailbox, noTrialForDomains(['trash.example'])) } })
    const refusal = await refusalTo(host, { email: 'ada@mail.trash.example', fingerprints: ['card 1'] })
    expect(refusal).toEqual({ code: 'trial_refused', details: { reason: 'disposable_domain' } })
    await signUp(host, { email: 'ada@example.com', fingerprints: ['card 1'] })
  })

  test('asks the rule within the transaction, with what is known of the person', async () => {
    const seen: TrialFacts[] = []
    const host = await createHost({
      trial: {
        eligibility: async (facts) => {
          seen.push(facts)
          return { eligible: true }
        },
      },
    })
    await signUp(host, { email: ' Ada@Example.com ', fingerprints: ['card 1'], externalUserId: 'sso|1' })
    expect(seen).toEqual([
      {
        email: 'ada@example.com',
        fingerprints: ['card 1'],
        firstName: 'Ada',
        lastName: 'Lovelace',
        externalUserId: 'sso|1',
        now: host.clock(),
      },
    ])
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a boolean', true],
    ['an unknown field', { eligible: true, claim: [] }],
    ['a claim of a kind that there is not', { eligible: true, claims: [{ kind: 'tax', value: '1' }] }],
    ['no reason', { eligible: false }],
  ])('is not given by a rule that answers %s', async (_, verdict) => {
    const host = await createHost({ trial: { eligibility: (() => verdict) as unknown as TrialEligibility } })
    expect(await wrongFieldsOf(host, () => signUp(host))).toEqual(['trial.eligibility'])
  })

  test('of a rule that fails is not given, and the host gets its own error', async () => {
    const broken = new Error('broken')
    const host = await createHost({ trial: { eligibility: () => Promise.reject(broken) } })
    await expect(signUp(host)).rejects.toBe(broken)
    expect(await host.store.findUserByEmail('ada@example.com')).toBeNull()
  })
})

describe('claims of trials', () => {
  test('are kept as keyed hashes: neither the address nor a plain hash of it is in the store', async () => {
    const kept: unknown[] = []
    const host = await createHost({
      wrap: (store) =>
        wrappedStore(store, async (call, proceed) => {
          if (call.verb === 'claimTrial') kept.push(call)
          return proceed()
        }),
      trial: { claimSecret: secret },
    })
    await signUp(host, { fingerprints: ['card 1'] })
    const text = JSON.stringify(kept)
    // HMAC-SHA-256 of "email:ada@example.com" and of "fingerprint:card 1", made with openssl.
    expect(text).toContain('1f9294b436f8ccde3e3059899e239581042394893028054cc22689e49450201f')
    expect(text).toContain('09f1a09b9f1c97b52c0e178233cd0344d6740dfaba33d577b28836753b720a74')
    expect(text).not.toMatch(/ada|card 1/)
  })

  test('are made with a secret of the installation where the host has none, one for ever', async () => {
    const host = await createHost({ trial: { eligibility: oneTrialPerMailbox } })
    await signUp(host, { email: 'ada+1@example.com' })
    const own = await host.store.findInstallationSecret('trial-claims')
    expect(own).toMatch(/^[0-9a-f]{64}$/)
    await signUp(host, { email: 'eve@example.com' })
    expect(await host.store.findInstallationSecret('trial-claims')).toBe(own)
  })

  test('count on when the host brings a secret, and when it brings another while the earlier one is listed', async () => {
    const eligibility = oneTrialPerMailbox
    const first = await createHost({ trial: { eligibility } })
    await signUp(first, { email: 'a+1@example.com' })
    const second = await hostOn(first, { eligibility, claimSecret: secret })
    await signUp(second, { email: 'b+1@example.com' })
    const third = await hostOn(first, { eligibility, claimSecret: [newSecret, secret] })
    await signUp(third, { email: 'c+1@example.com' })
    for (const email of ['a+2@example.com', 'b+2@example.com', 'c+2@example.com']) {
      expect((await refusalTo(third, { email })).code).toBe('trial_used')
    }
    expect((await refusalTo(second, { email: 'a+2@example.com' })).code).toBe('trial_used')
  })

  test.each<[string, unknown]>([
    ['a short text', 'x'.repeat(31)],
    ['no text', 7],
    ['an empty list', []],
    ['a list with a short text', [secret, 'x']],
  ])('are not made with %s for a secret', async (_, claimSecret) => {
    const made = createHost({ trial: { claimSecret: claimSecret as string } })
    await expect(made).rejects.toMatchObject({ code: 'invalid_input', details: { issues: [{ path: 'trial.claimSecret' }] } })
  })
})
