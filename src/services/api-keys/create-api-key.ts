import { z } from 'zod'
import type { Actor } from '../../domain/actor.js'
import type { ApiKey } from '../../domain/api-key.js'
import { apiKeyEntropyBytes, apiKeySecret } from '../../domain/credential.js'
import { invariant } from '../../errors.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import { lockAccount } from '../accounts/account-status.js'
import { recordAct } from '../audit/record-act.js'
import { requireManager } from '../authority.js'
import type { Context } from '../context.js'
import { secretHash } from '../fingerprint.js'
import { invalidInput, parseInput } from '../parse-input.js'
import { id, line, moment, scopes } from '../schemas.js'
import { withSecret } from '../with-secret.js'
import { requireRoomForKey } from './api-key-limits.js'

const Input = z.strictObject({
  accountId: id,
  /** What the customer calls it. */
  name: line(100),
  /** What it may do; everything the account may do when left out. */
  scopes: scopes.refine((names) => names.length > 0, 'must name a scope; leave it out for a key that may do everything').optional(),
  /** From then on it is refused; never when left out. */
  expiresAt: moment.optional(),
})

/** What `createApiKey` takes. */
export type CreateApiKeyInput = z.input<typeof Input>
/** What `createApiKey` and `rotateApiKey` answer. */
export interface CreateApiKeyResult {
  readonly apiKey: ApiKey
  /**
   * Shown this once; only its hash is stored. Read the property: JSON, `inspect` and logs of the answer show `[redacted]`, and a copy of its
   * fields has none.
   */
  readonly secret: string
}

/** See {@link Tenantry.createApiKey}. */
export async function createApiKey(context: Context, input: CreateApiKeyInput, actor: Actor): Promise<CreateApiKeyResult> {
  const { accountId, name, scopes: named, expiresAt } = parseInput(Input, input)
  const now = context.clock()
  if (expiresAt !== undefined && expiresAt <= now) throw invalidInput([{ path: 'expiresAt', message: 'must lie in the future' }])
  return context.store.transaction(async (tx) => {
    const held = await lockAccount(tx, accountId)
    const manager = await requireManager(tx, accountId, actor, 'make API keys for this account')
    await requireRoomForKey(context, tx, held, now)
    const key = { id: context.newId(), accountId, name, scopes: [...new Set(named ?? [])], expiresAt: expiresAt ?? null }
    const made = await addApiKey(context, tx, key, now)
    await recordAct(context, tx, { action: 'createApiKey', accountId, actor: manager, before: {}, after: facts(made.apiKey), at: now })
    return made
  })
}

/** Makes a key and its secret, and stores what may be stored. */
export async function addApiKey(
  context: Context,
  tx: StoreTransaction,
  key: Pick<ApiKey, 'id' | 'accountId' | 'name' | 'scopes' | 'expiresAt'>,
  now: Date,
): Promise<CreateApiKeyResult> {
  const secret = apiKeySecret(context.randomBytes(apiKeyEntropyBytes))
  invariant(secret !== null, 'the random source gave too few usable bytes')
  const apiKey: ApiKey = { ...key, ...unused, lastFour: secret.slice(-4), createdAt: now }
  await tx.addApiKey({ apiKey, secretHash: secretHash(secret) })
  return withSecret({ apiKey }, 'secret', secret)
}

/** A key that nothing has happened to yet. */
const unused = { revokedAt: null, lastUsedAt: null, replacedById: null }

/** What the audit log keeps of a key. */
export const facts = ({ id: apiKeyId, name, scopes, expiresAt }: ApiKey): Record<string, unknown> => ({
  apiKeyId,
  name,
  scopes,
  expiresAt: expiresAt?.toISOString() ?? null,
})
