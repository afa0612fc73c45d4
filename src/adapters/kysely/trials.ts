import { invariant } from '../../errors.js'
import type { HashedClaim, TrialOperations } from '../../ports/store/trials.js'
import type { Connection } from './connection.js'
import type { Verbs } from './verbs.js'

/** Claims of free trials, and the secrets of the installation. */
export const trialVerbs: Verbs<TrialOperations> = {
  async claimTrial(connection, { claimId, claims, at }) {
    if (claims.length === 0) return null
    const { build, execute } = connection
    // In one order for everybody, so that two sign-ups never wait for each other in a circle.
    const rows = inOrder(claims).map(({ kind, hash }) => ({ kind, hash, claim_id: claimId, created_at: at }))
    await execute(
      build
        .insertInto('tenantry_trial_claim')
        .values(rows)
        .onConflict((conflict) => conflict.doNothing()),
    )
    // Only the next statement sees the claim of somebody who was first.
    const kept = await readClaims(connection, claims)
    const isOurs = ({ kind, hash }: HashedClaim): boolean =>
      kept.some((row) => row.kind === kind && row.hash === hash && row.claim_id === claimId)
    return claims.find((claim) => !isOurs(claim)) ?? null
  },
  async findTrialClaim(connection, claims) {
    if (claims.length === 0) return null
    const kept = await readClaims(connection, claims)
    return claims.find(({ kind, hash }) => kept.some((row) => row.kind === kind && row.hash === hash)) ?? null
  },
  async findInstallationSecret({ build, execute }, name) {
    const [row] = await execute(build.selectFrom('tenantry_installation_secret').select('secret').where('name', '=', name))
    return row?.secret ?? null
  },
  async addInstallationSecret({ build, execute }, { name, secret, at }) {
    const insert = build.insertInto('tenantry_installation_secret').values({ name, secret, created_at: at })
    await execute(insert.onConflict((conflict) => conflict.doNothing()))
    const [row] = await execute(build.selectFrom('tenantry_installation_secret').select('secret').where('name', '=', name))
    invariant(row !== undefined, 'a secret that was added is there')
    return row.secret
  },
}

const inOrder = (claims: readonly HashedClaim[]): HashedClaim[] => {
  const keyed = new Map(claims.map((claim) => [`${claim.kind} ${claim.hash}`, claim]))
  return [...keyed.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, claim]) => claim)
}

/** The hashes of two kinds do not meet: the kind is part of what is hashed. */
function readClaims({ build, execute }: Connection, claims: readonly HashedClaim[]) {
  const hashes = claims.map(({ hash }) => hash)
  return execute(build.selectFrom('tenantry_trial_claim').select(['kind', 'hash', 'claim_id']).where('hash', 'in', hashes))
}
