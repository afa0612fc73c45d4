import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { isTenantryError, signWebhook, verifyWebhook, webhookSecret } from 'tenantry'
import { describe, expect, it } from 'vitest'

/** Vectors that others have published. */
const published = [
  {
    secret: 'whsec_plJ3nmyCDGBKInavdOK15jsl',
    id: 'msg_loFOjxBNrRLzqYUf',
    timestamp: 1731705121,
    payload: '{"event_type":"ping","data":{"success":true}}',
    signature: 'v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=',
  },
  {
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1614265330,
    payload: '{"test": 2432232314}',
    signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  },
]
const [vector] = published as [(typeof published)[number]]
const sentAt = new Date(vector.timestamp * 1000)
const message = { id: vector.id, sentAt, payload: vector.payload }
const [old, next] = [webhookSecret(), webhookSecret()]

describe('a signature', () => {
  it.each(published)('is the one that was published for $id', ({ secret, id, timestamp, payload, signature }) => {
    const moment = new Date(timestamp * 1000)
    const headers = signWebhook({ id, sentAt: moment, payload }, secret)
    expect(headers).toEqual({ 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature })
    expect(verifyWebhook({ headers: { ...headers }, payload }, secret, { now: moment })).toEqual({ ok: true, id, sentAt: moment })
  })

  it('is of the bytes of the body', () => {
    const headers = { ...signWebhook({ ...message, payload: 'Zoë 漢字 🦊' }, old) }
    expect(verifyWebhook({ headers, payload: Buffer.from('Zoë 漢字 🦊') }, old, { now: sentAt }).ok).toBe(true)
  })

  it('is made with each secret while one is being replaced, and any one of them suffices', () => {
    const headers = { ...signWebhook(message, [next, old]) }
    expect(headers['webhook-signature'].split(' ')).toHaveLength(2)
    for (const known of [old, next, [webhookSecret(), old]]) {
      expect(verifyWebhook({ headers, payload: message.payload }, known, { now: sentAt }).ok).toBe(true)
    }
    expect(verifyWebhook({ headers, payload: message.payload }, webhookSecret(), { now: sentAt })).toEqual({
      ok: false,
      reason: 'wrong_signature',
    })
  })

  it('does not survive a change of the id, the time, the body or the signature', () => {
    const headers = { ...signWebhook(message, old) }
    const changes = [
      { headers: { ...headers, 'webhook-id': 'msg_other' }, payload: message.payload },
      { headers: { ...headers, 'webhook-timestamp': String(vector.timestamp + 1) }, payload: message.payload },
      { headers, payload: `${message.payload} ` },
      { headers: { ...headers, 'webhook-signature': headers['webhook-signature'].replace('v1,', 'v1a,') }, payload: message.payload },
      { headers: { ...headers, 'webhook-signature': 'v1,AAAA' }, payload: message.payload },
      { headers: { ...headers, 'webhook-signature': '' }, payload: message.payload },
    ]
    for (const changed of changes) {
      expect(verifyWebhook(changed, old, { now: sentAt })).toEqual({ ok: false, reason: 'wrong_signature' })
    }
  })

  it('does not count when a header is missing or there twice', () => {
    const headers = { ...signWebhook(message, old) }
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const) {
      for (const value of [undefined, [headers[name], headers[name]]]) {
        const verdict = verifyWebhook({ headers: { ...headers, [name]: value }, payload: message.payload }, old, { now: sentAt })
        expect(verdict).toEqual({ ok: false, reason: 'header_missing' })
      }
    }
  })

  it.each([
    [300_000, true],
    [-300_000, true],
    [301_000, false],
    [-301_000, false],
  ])('made %i ms ago counts: %s', (ago, ok) => {
    const headers = { ...signWebhook(message, old) }
    const verdict = verifyWebhook({ headers, payload: message.payload }, old, { now: new Date(sentAt.getTime() + ago) })
    expect(verdict.ok ? 'ok' : verdict.reason).toBe(ok ? 'ok' : 'wrong_time')
  })

  it.each(['', 'now', '1e9', '-1', '99999999999999', '1731705121.5'])('with the time %j does not count', (timestamp) => {
    const key = Buffer.from(old.slice(6), 'base64')
    const hmac = createHmac('sha256', key).update(`${vector.id}.${timestamp}.${message.payload}`).digest('base64')
    const headers = { 'webhook-id': vector.id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${hmac}` }
    expect(verifyWebhook({ headers, payload: message.payload }, old, { now: sentAt })).toEqual({ ok: false, reason: 'wrong_time' })
  })

  it('of any message is the one that is verified', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\w-]{1,40}$/), fc.string({ unit: 'grapheme' }), (id, payload) => {
        const headers = { ...signWebhook({ id, sentAt, payload }, old) }
        return verifyWebhook({ headers, payload }, old, { now: sentAt }).ok
      }),
    )
  })
})

describe('signing refuses', () => {
  const pathOf = (sign: () => unknown): string | undefined => {
    try {
      sign()
    } catch (error) {
      if (isTenantryError(error, 'invalid_input')) return error.details.issues[0]?.path
      throw error
    }
    return undefined
  }

  it.each(['', 'a.b', 'a b', 'ü'])('the id %j', (id) => {
    expect(pathOf(() => signWebhook({ ...message, id }, old))).toBe('id')
  })

  const short = `whsec_${Buffer.alloc(15).toString('base64')}`
  const long = `whsec_${Buffer.alloc(65).toString('base64')}`
  it.each([[''], ['whsec_'], [short], [long], [old.slice(6)], [`${old}!`], [[]], [[old, '']], [undefined], [7]])(
    'the secret %j',
    (secret) => {
      expect(pathOf(() => signWebhook(message, secret as never))).toBe('secrets')
      expect(pathOf(() => verifyWebhook({ headers: {}, payload: '' }, secret as never, { now: sentAt }))).toBe('secrets')
    },
  )
})

it('a new secret is another one each time', () => {
  expect(new Set([old, next, webhookSecret()]).size).toBe(3)
  expect(old).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
})
