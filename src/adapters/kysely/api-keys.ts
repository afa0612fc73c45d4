import { sql } from 'kysely'
import type { ApiKey } from '../../domain/api-key.js'
import type { ApiKeyOperations } from '../../ports/store/api-keys.js'
import type { Connection } from './connection.js'
import { isAfter } from './pages.js'
import { apiKeyRow, toApiKey } from './rows/api-key.js'
import type { Verbs } from './verbs.js'

interface KeyOfAccount {
  readonly accountId: string
  readonly apiKeyId: string
}

/** Questions and changes about API keys. */
export const apiKeyVerbs: Verbs<ApiKeyOperations> = {
  async addApiKey({ build, execute }, key) {
    await execute(build.insertInto('tenantry_api_key').values(apiKeyRow(key)))
  },
  findApiKey,
  async listApiKeys({ build, execute }, { accountId, before, limit }) {
    const keys = build.selectFrom('tenantry_api_key').selectAll().where('account_id', '=', accountId)
    const page = keys.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit)
    return (await execute(before === null ? page : page.where(isAfter(before)))).map(toApiKey)
  },
  async revokeApiKey(connection, { at, ...key }) {
    const update = updateUnrevoked(connection, key).set({ revoked_at: at })
    const [revoked] = await connection.execute(update.returningAll())
    return revoked === undefined ? findApiKey(connection, key) : toApiKey(revoked)
  },
  async shortenApiKey(connection, { at, expiresAt, ...key }) {
    const earlier = sql<Date>`case when expires_at < ${expiresAt}::timestamptz then expires_at else ${expiresAt}::timestamptz end`
    const update = updateUnrevoked(connection, key).set({ expires_at: earlier })
    const live = update.where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', at)]))
    const [shortened] = await connection.execute(live.returningAll())
    return shortened === undefined ? null : toApiKey(shortened)
  },
}

async function findApiKey({ build, execute }: Connection, { accountId, apiKeyId }: KeyOfAccount): Promise<ApiKey | null> {
  const keys = build.selectFrom('tenantry_api_key').selectAll()
  const [row] = await execute(keys.where('account_id', '=', accountId).where('id', '=', apiKeyId))
  return row === undefined ? null : toApiKey(row)
}

const updateUnrevoked = ({ build }: Connection, { accountId, apiKeyId }: KeyOfAccount) =>
  build.updateTable('tenantry_api_key').where('account_id', '=', accountId).where('id', '=', apiKeyId).where('revoked_at', 'is', null)
