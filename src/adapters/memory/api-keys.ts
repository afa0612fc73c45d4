import type { ApiKey } from '../../domain/api-key.js'
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
  shortenApiKey({ at, expiresAt, ...key }) {
    const row = findRow(tables, key)
    if (row === null || row.apiKey.revokedAt !== null) return null
    const end = row.apiKey.expiresAt
    if (end !== null && end <= at) return null
    return replace(tables, row, { expiresAt: end !== null && end < expiresAt ? end : expiresAt })
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
