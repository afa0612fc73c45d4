import type { SignInOperations } from '../../ports/store/sign-ins.js'
import { toStoredUser } from './rows/user.js'
import { moment } from './rows/values.js'
import type { Verbs } from './verbs.js'

/** People who sign in, and the addresses known of them. */
export const signInVerbs: Verbs<SignInOperations> = {
  async findSignIn({ build, execute }, email) {
    const rows = await execute(
      build
        .selectFrom('tenantry_user as person')
        .leftJoin('tenantry_known_address as known', 'known.user_id', 'person.id')
        .selectAll('person')
        .select(['known.slot', 'known.hash', 'known.last_seen_at'])
        .where('person.email', '=', email)
        .orderBy('known.slot'),
    )
    const [row] = rows
    if (row === undefined) return null
    const knownAddresses = rows.flatMap(({ slot, hash, last_seen_at }) =>
      slot === null || hash === null || last_seen_at === null ? [] : [{ slot, hash, lastSeenAt: moment(last_seen_at) }],
    )
    return { ...toStoredUser(row), knownAddresses }
  },
  async rememberAddress({ build, execute }, { userId, slot, hash, lastSeenAt }) {
    const content = { hash, last_seen_at: lastSeenAt }
    await execute(
      build
        .insertInto('tenantry_known_address')
        .values({ user_id: userId, slot, ...content })
        .onConflict((conflict) => conflict.columns(['user_id', 'slot']).doUpdateSet(content)),
    )
  },
}
