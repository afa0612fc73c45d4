import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { isTenantryError, type PasswordHasher } from 'tenantry'
import { describe, expect, test } from 'vitest'
import { admin, contentsOf, createHost, type Host, signUp, system, transfer } from '../support/host.js'
import { recordingStore, type StoreCall } from '../support/wrapped-store.js'

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Unlike the plain one of the other tests, it keeps the secret. */
const passwords: PasswordHasher = {
  hash: async (given) => `sha256:${digest(given)}`,
  verify: async (given, verifier) => verifier === `sha256:${digest(given)}`,
  isOutdated: () => false,
}

const [first, second, wrong] = ['canary one of the passwords', 'canary two of the passwords', 'canary that opens nothing']

/** Everything of a value, whatever holds it. */
const shown = (value: unknown): string => inspect(value, { depth: 20, showHidden: true, maxArrayLength: null, maxStringLength: null })

/** A host that writes down all that reaches its store, its logger and its caller. */
async function watched() {
  let calls: StoreCall[] = []
  const logged: unknown[] = []
  const log = (...args: unknown[]) => void logged.push(args)
  const host = await createHost({
    passwords,
    logger: { info: log, warn: log, error: log },
    wrap: (inner) => {
      const recorded = recordingStore(inner)
      calls = recorded.calls
      return recorded.store
    },
  })
  return { host, calls, logged }
}

/** Lives through everything that has to do with secrets; answers the secrets, and what was said of them apart from showing them once. */
async function live(host: Host) {
  const { tenantry } = host
  const said: unknown[] = []
  const say = async <Result>(call: Promise<Result>): Promise<Result> => {
    const result = await call
    said.push(result)
    return result
  }
  const fail = async (call: Promise<unknown>): Promise<void> => {
    const error: unknown = await call.catch((reason: unknown) => reason)
    if (!isTenantryError(error)) throw error
    said.push(error)
  }
  const ada = await signUp(host, { password: first })
  const accountId = ada.account.id
  const { email, id: userId } = ada.user
  await tenantry.createAdmin({ email: 'root@example.com', password: second }, system)
  const again = await tenantry.login({ email, password: first })
  const key = await tenantry.createApiKey({ accountId, name: 'CI' }, admin)
  const rotated = await tenantry.rotateApiKey({ accountId, apiKeyId: key.apiKey.id, overlapSeconds: 60 }, admin)
  const secrets = [first, second, wrong, ada.session.token, again.session.token, key.secret, rotated.secret]

  await fail(tenantry.login({ email, password: wrong }))
  await fail(tenantry.login({ email: wrong, password: wrong, remember: wrong } as never))
  await fail(tenantry.login({ email, password: [wrong] } as never))
  await fail(signUp(host, { password: first }))
  await fail(signUp(host, { email: 'b@example.com', password: wrong.repeat(4) }))
  await fail(signUp(host, { email: 'b@example.com', password: { wrong } as never }))
  await fail(tenantry.changePassword({ userId, current: wrong, next: second }))
  await fail(tenantry.changePassword({ userId, current: first, next: wrong.repeat(4) }))
  await fail(tenantry.createAdmin({ email, password: second }, admin))
  await fail(tenantry.authorize({ scope: 'api', credential: key.secret, accountId }))
  for (const credential of [ada.session.token, key.secret, rotated.secret, wrong]) {
    await say(tenantry.authenticate({ credential, scopes: ['x'] }))
    await say(tenantry.authenticateAdmin({ credential }))
    await say(tenantry.authorize({ credential, scope: 'api' }))
  }
  await say(tenantry.changePassword({ userId, current: first, next: second, keepToken: ada.session.token }))
  await say(tenantry.revokeApiKey({ accountId, apiKeyId: key.apiKey.id }, admin))
  await say(tenantry.logout({ token: ada.session.token }))
  await say(tenantry.confirmBankTransfer(transfer(accountId), admin))
  await say(tenantry.getAccount({ email }))
  await say(tenantry.listApiKeys({ accountId }))
  await say(tenantry.listAuditEntries())
  await say(contentsOf(host))
  said.push(ada.user, ada.account, again.user, key.apiKey, rotated.apiKey)
  return { secrets, said }
}

const found = (secrets: readonly string[], text: string): string[] => secrets.filter((secret) => text.includes(secret))

describe('passwords, tokens and keys', () => {
  test('are different, and there to be found', async () => {
    const { host } = await watched()
    const { secrets } = await live(host)
    expect(new Set(secrets).size).toBe(7)
    expect(found(secrets, shown({ deep: [new Error(secrets[3])] }))).toEqual([secrets[3]])
  })

  test('never reach the store', async () => {
    const { host, calls } = await watched()
    const { secrets } = await live(host)
    expect(calls.length).toBeGreaterThan(50)
    expect(found(secrets, shown(calls))).toEqual([])
  })

  test('but their hashes do, and no more of a key than its last four characters', async () => {
    const { host, calls } = await watched()
    const { secrets } = await live(host)
    const all = shown(calls)
    for (const secret of secrets.filter((text) => text.startsWith('tnt_'))) {
      expect(all).toContain(digest(secret))
      expect(all).not.toContain(secret.slice(-6))
    }
  })

  test('are in no answer, error, act or entry but the one that shows them', async () => {
    const { host } = await watched()
    const { secrets, said } = await live(host)
    expect(said.length).toBeGreaterThan(30)
    expect(found(secrets, shown(said))).toEqual([])
    expect(shown(said)).not.toContain('sha256:')
  })

  test('are not in the log', async () => {
    const { host, logged } = await watched()
    const { secrets } = await live(host)
    expect(found(secrets, shown(logged))).toEqual([])
  })
})
