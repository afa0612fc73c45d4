import { sql } from 'kysely'
import { type ApiKey, keyUseSeconds } from '../../domain/api-key.js'
import { addSeconds } from '../../domain/calendar.js'
import type { ApiKeyOperations } from '../../ports/store/api-keys.js'
import type { Connection } from './connection.js'
import { isAfter } from './pages.js'
import { apiKeyRow, toApiKey } from './rows/api-key.js'
import { integer } from './rows/values.js'
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
  async replaceApiKey(connection, { at, expiresAt, replacedById, ...key }) {
    const earlier = sql<Date>`case when expires_at < ${expiresAt}::timestamptz then expires_at else ${expiresAt}::timestamptz end`
    const update = updateUnrevoked(connection, key).set({ expires_at: earlier, replaced_by_id: replacedById })
    const current = update
      .where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', at)]))
      .where('replaced_by_id', 'is', null)
    const [replaced] = await connection.execute(current.returningAll())
    return replaced === undefined ? null : toApiKey(replaced)
  },
  async countApiKeys({ build, execute }, { accountId, at }) {
    const keys = build.selectFrom('tenantry_api_key').where('account_id', '=', accountId).where('revoked_at', 'is', null)
    const valid = keys.where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', at)]))
    const [counts] = await execute(valid.select(({ fn }) => [fn.countAll().as('all'), fn.count('replaced_by_id').as('replaced')]))
    const replaced = integer(counts?.replaced ?? 0)
    return { current: integer(counts?.all ?? 0) - replaced, replaced }
  },
  async touchApiKeys({ build, execute }, { secretHashes, at }) {
    if (secretHashes.length === 0) return 0
    const stale = build
      .selectFrom('tenantry_api_key')
      .select('secret_hash')
      .where('secret_hash', 'in', secretHashes)
      .where((is) => is.or([is('last_used_at', 'is', null), is('last_used_at', '<=', addSeconds(at, -keyUseSeconds))]))
      .forNoKeyUpdate()
      .skipLocked()
    const touch = build.updateTable('tenantry_api_key').set({ last_used_at: at }).where('secret_hash', 'in', stale)
    return (await execute(touch.returning('id'))).length
  },
}

async function findApiKey({ build, execute }: Connection, { accountId, apiKeyId }: KeyOfAccount): Promise<ApiKey | null> {
  const keys = build.selectFrom('tenantry_api_key').selectAll()
  const [row] = await execute(keys.where('account_id', '=', accountId).where('id', '=', apiKeyId))
  return row === undefined ? null : toApiKey(row)
}

const updateUnrevoked = ({ build }: Connection, { accountId, apiKeyId }: KeyOfAccount) =>
  build.updateTable('tenantry_api_key').where('account_id', '=', accountId).where('id', '=', apiKeyId).where('revoked_at', 'is', null)
