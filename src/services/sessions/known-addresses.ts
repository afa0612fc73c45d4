import { findKnownAddress, type KnownAddress, slotFor } from '../../domain/known-address.js'
import type { SignInOperations, StoredSignIn } from '../../ports/store/sign-ins.js'
import type { Context } from '../context.js'
import { keyedHash } from '../fingerprint.js'

/** An address that is seen often is written down anew once a day. */
const rewriteDays = 1

/** Whose address it is, for the password to which the verifier belongs. */
interface Sighting {
  readonly client: string
  readonly verifier: string
  readonly knownAddresses: readonly KnownAddress[]
  readonly user: { readonly id: string }
}

/** Has the person signed in from there with the password that they have now? */
export function isKnown(context: Context, stored: StoredSignIn | null, client: string | null): boolean {
  if (client === null || stored === null || stored.passwordHash === null) return false
  return find(context, { ...stored, client, verifier: stored.passwordHash }, context.settings.signIn.knownAddressDays) !== null
}

/** Remembers an address from which the password has just been given, where there is a usable one. */
export async function rememberAddress(
  context: Context,
  store: SignInOperations,
  { user, client, verifier, knownAddresses }: Omit<Sighting, 'client' | 'verifier'> & { client: string | null; verifier: string | null },
): Promise<void> {
  if (client === null || verifier === null) return
  const sighting = { user, client, verifier, knownAddresses }
  if (find(context, sighting, rewriteDays) !== null) return
  const hash = addressHash(context, sighting)
  await store.rememberAddress({ userId: user.id, slot: slotFor(knownAddresses, hash), hash, lastSeenAt: context.clock() })
}

const find = (context: Context, sighting: Sighting, days: number): KnownAddress | null =>
  findKnownAddress(sighting.knownAddresses, addressHash(context, sighting), days, context.clock())

/**
 * The verifier, which nobody else has, is part of the key: whoever reads the table alone can try no address against it, and with another password none is known any
 * more. The host's secret is another part, so that the database alone does not suffice.
 */
function addressHash({ settings }: Context, { client, verifier }: Sighting): string {
  return keyedHash(`${settings.trial.claimSecrets[0] ?? ''} ${verifier}`, `known-address:${client}`)
}
