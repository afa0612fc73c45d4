import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { Kysely } from 'kysely'
import { newDb } from 'pg-mem'
import { isTenantryError, type PasswordHasher, type Store } from 'tenantry'
import { kyselyStore, migrate, type TenantryTables } from 'tenantry/kysely'
import { memoryStore } from 'tenantry/memory'
import { pgMemDialect } from 'tenantry/testing'
import { describe, expect, test } from 'vitest'
import { admin, contentsOf, createHost, type Host, signUp, system, transfer } from '../support/host.js'
import { recordingStore } from '../support/wrapped-store.js'

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Unlike the plain one of the other tests, it keeps the secret. */
const passwords: PasswordHasher = {
  hash: async (given) => `sha256:${digest(given)}`,
  verify: async (given, verifier) => verifier === `sha256:${digest(given)}`,
  isOutdated: () => false,
}

/** What the claims of free trials are hashed with; it is the host's own. */
const claimSecret = 'canary of the claims, known to nobody'

const [first, second, wrong] = ['canary one of the passwords', 'canary two of the passwords', 'canary that opens nothing']

/** Everything of a value, whatever holds it. */
const shown = (value: unknown): string => inspect(value, { depth: 20, showHidden: true, maxArrayLength: null, maxStringLength: null })

/** What of a value leaves the process: by hand, in an answer, by a logger that copies fields. */
const sent = (value: unknown): string => `${JSON.stringify(value)} ${inspect(value, { depth: 20 })} ${shown(value)} ${String(value)}`

/** A host that writes down all that reaches its store, its logger and its caller. */
async function watched(store: Store = memoryStore()) {
  const logged: unknown[] = []
  const log = (...args: unknown[]) => void logged.push(args)
  const recorded = recordingStore(store)
  const host = await createHost({
    passwords,
    trial: { claimSecret },
    store: recorded.store,
    logger: { info: log, warn: log, error: log },
  })
  return { host: { ...host, store: recorded.store }, calls: recorded.calls, logged }
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
    said.push(error, error.message, error.stack, error.cause, error.details)
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
  await say(tenantry.listEvents({ limit: 200 }))
  await misplace(host, secrets, fail)
  said.push(ada, again, key, rotated, [{ ada, again }, new Map([['key', key]])])
  return { secrets: [...secrets, claimSecret], said }
}

/** Credentials in the wrong place: fields that are no credentials, and names of fields. */
async function misplace({ tenantry }: Host, secrets: readonly string[], fail: (call: Promise<unknown>) => Promise<void>): Promise<void> {
  for (const secret of secrets.filter((text) => text.startsWith('tnt_'))) {
    const spend = { accountId: secret, amount: 1, operation: 'o', idempotencyKey: 'k' }
    await fail(tenantry.spendCredits(spend))
    await fail(tenantry.spendCredits({ ...spend, accountId: 'a', [secret]: secret }))
    await fail(tenantry.authorize({ credential: secret, scope: secret.repeat(3) }))
    await fail(tenantry.authorize({ credential: secret, scope: 'api', scopes: [`${secret}!`] }))
    await fail(tenantry.authorize({ accountId: secret, scope: 'api' }))
    await fail(tenantry.getAccount({ accountId: secret }))
    await fail(tenantry.revokeApiKey({ accountId: 'a', apiKeyId: secret }, admin))
    await fail(tenantry.listApiKeys({ accountId: 'a', before: secret }))
    await fail(tenantry.suspendAccount({ accountId: 'a', reason: 'r' }, { type: secret, id: secret } as never))
    await fail(tenantry.changePlan({ accountId: 'a', planSlug: secret, when: 'now' }, admin))
  }
}

const found = (secrets: readonly string[], text: string): string[] => secrets.filter((secret) => text.includes(secret))

describe('passwords, tokens and keys', () => {
  test('are different, and there to be found', async () => {
    const { host } = await watched()
    const { secrets } = await live(host)
    expect(new Set(secrets).size).toBe(8)
    expect(found(secrets, sent({ deep: [new Error(secrets[3])] }))).toEqual([secrets[3]])
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
    expect(said.length).toBeGreaterThan(100)
    expect(found(secrets, said.map(sent).join(' '))).toEqual([])
    expect(shown(said)).not.toContain('sha256:')
  })

  test('are in no row of the database', async () => {
    const engine = newDb()
    const db = new Kysely<TenantryTables>({ dialect: pgMemDialect(engine) })
    await migrate(db)
    const { host } = await watched(kyselyStore(db))
    const { secrets } = await live(host)
    const tables = [...engine.public.listTables()].map(({ name }) => name as keyof TenantryTables)
    const rows = await Promise.all(tables.map((table) => db.selectFrom(table).selectAll().execute()))
    expect(rows.flat().length).toBeGreaterThan(40)
    expect(shown(rows)).toContain(digest(secrets[5] ?? ''))
    expect(found(secrets, shown(rows))).toEqual([])
    await db.destroy()
  })

  test('are not in the log', async () => {
    const { host, logged } = await watched()
    const { secrets } = await live(host)
    expect(found(secrets, shown(logged))).toEqual([])
  })
})
