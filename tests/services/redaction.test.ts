import { format, inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { admin, createHost, password, signUp } from '../support/host.js'

/** Every answer with a secret: the object that has it, the property, and what is shown beside it. */
async function answers() {
  const host = await createHost()
  const { tenantry } = host
  const ada = await signUp(host)
  const again = await tenantry.login({ email: 'ada@example.com', password })
  const accountId = ada.account.id
  const key = await tenantry.createApiKey({ accountId, name: 'CI' }, admin)
  const rotated = await tenantry.rotateApiKey({ accountId, apiKeyId: key.apiKey.id, overlapSeconds: 60 }, admin)
  return [
    ['registerTrial', ada.session, 'token', { expiresAt: ada.session.expiresAt }],
    ['login', again.session, 'token', { expiresAt: again.session.expiresAt }],
    ['createApiKey', key, 'secret', { apiKey: key.apiKey }],
    ['rotateApiKey', rotated, 'secret', { apiKey: rotated.apiKey }],
  ] as const
}

/** As pino, bunyan and winston do: what an object has of its own, field by field. */
function copied(value: object): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const field in value) if (Object.hasOwn(value, field)) copy[field] = value[field as keyof typeof value]
  return copy
}

describe('a secret in an answer', () => {
  test.each([0, 1, 2, 3])('is for who reads the property (%i)', async (index) => {
    const [, answer, name] = (await answers())[index] as Awaited<ReturnType<typeof answers>>[number]
    const secret = Reflect.get(answer, name)
    expect(secret).toMatch(/^tnt_(session|live)_/)
    const { [name as 'secret']: taken } = answer as { secret: string }
    expect(taken).toBe(secret)
    expect(`${secret}`.length).toBeGreaterThan(40)
  })

  test.each([0, 1, 2, 3])('is hidden from JSON, inspect, templates, copies and loggers, at any depth (%i)', async (index) => {
    const [, answer, name, visible] = (await answers())[index] as Awaited<ReturnType<typeof answers>>[number]
    const secret = Reflect.get(answer, name) as string
    const redacted = { ...visible, [name]: '[redacted]' }
    expect(JSON.parse(JSON.stringify(answer))).toEqual(JSON.parse(JSON.stringify(redacted)))
    expect(JSON.parse(JSON.stringify({ a: [answer] }))).toEqual(JSON.parse(JSON.stringify({ a: [redacted] })))
    expect(inspect(answer)).toBe(inspect(redacted))
    const everyWay = [
      inspect({ a: { b: [answer] } }, { depth: 9, showHidden: true, getters: true }),
      format('%s %o %O %j', answer, answer, answer, answer),
      `${answer}`,
      JSON.stringify({ ...answer }),
      inspect(copied(answer)),
      JSON.stringify(copied({ answer })),
      inspect(structuredClone({ ...answer })),
      inspect(Object.entries(answer)),
      inspect(new Error('failed', { cause: answer })),
      inspect(Object.assign(new Error('failed'), { answer })),
    ].join(' ')
    expect(everyWay).not.toContain(secret)
    expect(everyWay).not.toContain(secret.slice(-10))
  })

  test('cannot be put back or replaced by accident', async () => {
    for (const [, answer, name] of await answers()) {
      expect(() => Object.assign(answer, { [name]: 'another' })).toThrow(TypeError)
    }
  })
})
