import { type ApiKey, keyUseSeconds } from '../../domain/api-key.js'
import { addSeconds } from '../../domain/calendar.js'
import { hasEnded } from '../../domain/credential.js'
import type { ApiKeyOperations } from '../../ports/store/api-keys.js'
import { placeInTime } from './groups.js'
import type { ApiKeyRow, Tables } from './tables.js'
import type { Verbs } from './verbs.js'

/** Questions and changes about API keys. */
export const apiKeyVerbs = (tables: Tables): Verbs<ApiKeyOperations> => ({
  addApiKey(row) {
    tables.apiKeys.add(row)
  },
  findApiKey: (key) => findRow(tables, key)?.apiKey ?? null,
  listApiKeys: ({ accountId, before, limit }) =>
    tables.apiKeysOfAccount.descending(accountId, { before: before && placeInTime(before), limit }).map(({ apiKey }) => apiKey),
  revokeApiKey({ at, ...key }) {
    const row = findRow(tables, key)
    return row && (row.apiKey.revokedAt === null ? replace(tables, row, { revokedAt: at }) : row.apiKey)
  },
  replaceApiKey({ at, expiresAt, replacedById, ...key }) {
    const row = findRow(tables, key)
    if (row === null || hasEnded(row.apiKey, at) || row.apiKey.replacedById !== null) return null
    const end = row.apiKey.expiresAt
    return replace(tables, row, { replacedById, expiresAt: end !== null && end < expiresAt ? end : expiresAt })
  },
  countApiKeys({ accountId, at }) {
    const valid = tables.apiKeysOfAccount.ascending(accountId).filter(({ apiKey }) => !hasEnded(apiKey, at))
    const replaced = valid.filter(({ apiKey }) => apiKey.replacedById !== null).length
    return { current: valid.length - replaced, replaced }
  },
  touchApiKeys({ secretHashes, at }) {
    const rows = secretHashes.flatMap((hash) => tables.apiKeyByHash(hash) ?? [])
    const stale = rows.filter(({ apiKey: { lastUsedAt } }) => lastUsedAt === null || lastUsedAt <= addSeconds(at, -keyUseSeconds))
    for (const row of stale) replace(tables, row, { lastUsedAt: at })
    return stale.length
  },
})

/** A key of another account is found no more than one that does not exist. */
function findRow(tables: Tables, { accountId, apiKeyId }: { accountId: string; apiKeyId: string }): ApiKeyRow | null {
  const row = tables.apiKeys.find(apiKeyId)
  return row?.apiKey.accountId === accountId ? row : null
}

function replace(tables: Tables, row: ApiKeyRow, change: Partial<ApiKey>): ApiKey {
  const apiKey = { ...row.apiKey, ...change }
  tables.apiKeys.put({ ...row, apiKey })
  return apiKey
}
