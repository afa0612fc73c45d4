import type { TrialOperations } from '../../ports/store/trials.js'
import { compound } from './table.js'
import type { Tables } from './tables.js'
import type { Verbs } from './verbs.js'

/** Claims of free trials, and the secrets of the installation. */
export const trialVerbs = (tables: Tables): Verbs<TrialOperations> => ({
  claimTrial({ claimId, claims }) {
    for (const { kind, hash } of claims) {
      if (tables.trialClaims.find(compound(kind, hash)) === null) tables.trialClaims.add({ kind, hash, claimId })
    }
    const others = claims.filter(({ kind, hash }) => tables.trialClaims.find(compound(kind, hash))?.claimId !== claimId)
    return others[0] ?? null
  },
  findTrialClaim: (claims) => claims.find(({ kind, hash }) => tables.trialClaims.find(compound(kind, hash)) !== null) ?? null,
  findInstallationSecret: (name) => tables.installationSecrets.find(name)?.secret ?? null,
  addInstallationSecret(secret) {
    const kept = tables.installationSecrets.find(secret.name)
    if (kept === null) tables.installationSecrets.add(secret)
    return (kept ?? secret).secret
  },
})
