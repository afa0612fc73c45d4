import type { ApiKey } from '../../../domain/api-key.js'
import { selection } from '../selections.js'
import type { NewRow, Row } from '../tables.js'
import { json, moment, nullableMoment } from './values.js'

type ApiKeyColumns = Omit<Row<'tenantry_api_key'>, 'secret_hash'>

/** The columns of a key in a joined statement. */
export const apiKeySelection = selection<ApiKeyColumns>('api_key', {
  id: 'plain',
  account_id: 'plain',
  name: 'plain',
  scopes: 'plain',
  last_four: 'plain',
  created_at: 'moment',
  expires_at: 'moment',
  revoked_at: 'moment',
  last_used_at: 'moment',
  replaced_by_id: 'plain',
})

/** The key that a row holds. */
export function toApiKey(row: ApiKeyColumns): ApiKey {
  return {
    id: row.id,
    accountId: row.account_id,
    name: row.name,
    scopes: json(row.scopes),
    lastFour: row.last_four,
    createdAt: moment(row.created_at),
    expiresAt: nullableMoment(row.expires_at),
    revokedAt: nullableMoment(row.revoked_at),
    lastUsedAt: nullableMoment(row.last_used_at),
    replacedById: row.replaced_by_id,
  }
}

/** The row of a key. */
export function apiKeyRow({ apiKey, secretHash }: { apiKey: ApiKey; secretHash: string }): NewRow<'tenantry_api_key'> {
  return {
    secret_hash: secretHash,
    id: apiKey.id,
    account_id: apiKey.accountId,
    name: apiKey.name,
    scopes: JSON.stringify(apiKey.scopes),
    last_four: apiKey.lastFour,
    created_at: apiKey.createdAt,
    expires_at: apiKey.expiresAt,
    revoked_at: apiKey.revokedAt,
    last_used_at: apiKey.lastUsedAt,
    replaced_by_id: apiKey.replacedById,
  }
}
