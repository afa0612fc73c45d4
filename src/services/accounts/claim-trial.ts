import { z } from 'zod'
import type { TrialClaim, TrialFacts } from '../../domain/trial.js'
import { TenantryError } from '../../errors.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import type { HashedClaim } from '../../ports/store/trials.js'
import type { Context } from '../context.js'
import { keyedHash } from '../fingerprint.js'
import { invalidInput } from '../parse-input.js'

const secretName = 'trial-claims'

/**
 * Gives somebody their one free trial: asks the host's rule and claims the address, the fingerprints and what the rule adds, for ever. Only
 * keyed hashes are kept.
 *
 * @throws TenantryError `trial_refused` when the rule says no, `trial_used` when one of the claims is another's
 */
export async function claimTrial(context: Context, tx: StoreTransaction, facts: TrialFacts): Promise<void> {
  const claims = await claimsOf(context, facts)
  const { current, earlier } = await claimSecrets(context, tx, facts.now)
  const hashed = hashClaims(claims, current)
  const taken =
    (await tx.claimTrial({ claimId: context.newId(), claims: hashed, at: facts.now })) ??
    (await tx.findTrialClaim(earlier.flatMap((secret) => hashClaims(claims, secret))))
  if (taken !== null) throw new TenantryError('trial_used', { by: taken.kind })
}

const claim = z.strictObject({ kind: z.enum(['email', 'fingerprint']), value: z.string().min(1).max(1000) })
const verdictSchema = z.union([
  z.strictObject({ eligible: z.literal(true), claims: z.array(claim).max(50).optional() }),
  z.strictObject({ eligible: z.literal(false), reason: z.string().max(200) }),
])

async function claimsOf({ settings }: Context, facts: TrialFacts): Promise<TrialClaim[]> {
  const verdict = verdictSchema.safeParse(await settings.trial.eligibility(facts)).data
  if (verdict === undefined) {
    const message = 'must answer { eligible: true, claims? } or { eligible: false, reason }'
    throw invalidInput([{ path: 'trial.eligibility', message }])
  }
  if (!verdict.eligible) throw new TenantryError('trial_refused', { reason: verdict.reason })
  const fingerprints = facts.fingerprints.map((value): TrialClaim => ({ kind: 'fingerprint', value }))
  return [{ kind: 'email', value: facts.email }, ...fingerprints, ...(verdict.claims ?? [])]
}

/** The kind is part of what is hashed, so that an address and a fingerprint of the same text are two claims. */
function hashClaims(claims: readonly TrialClaim[], secret: string): HashedClaim[] {
  const hashed = claims.map(({ kind, value }) => ({ kind, hash: keyedHash(secret, `${kind}:${value}`) }))
  return [...new Map(hashed.map((one) => [one.hash, one])).values()]
}

/** What new claims are hashed with, and with what else there may be earlier ones. */
async function claimSecrets(context: Context, tx: StoreTransaction, at: Date): Promise<{ current: string; earlier: readonly string[] }> {
  const own = await tx.findInstallationSecret(secretName)
  const [newest, ...older] = context.settings.trial.claimSecrets
  if (newest !== undefined) return { current: newest, earlier: own === null ? older : [...older, own] }
  const made = (): string => Buffer.from(context.randomBytes(32)).toString('hex')
  return { current: own ?? (await tx.addInstallationSecret({ name: secretName, secret: made(), at })), earlier: [] }
}
