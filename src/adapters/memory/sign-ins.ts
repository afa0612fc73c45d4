import { knownAddressesPerPerson } from '../../domain/known-address.js'
import { invariant } from '../../errors.js'
import type { SignInOperations } from '../../ports/store/sign-ins.js'
import type { Tables } from './tables.js'
import type { Verbs } from './verbs.js'

/** People who sign in, and the addresses known of them. */
export const signInVerbs = (tables: Tables): Verbs<SignInOperations> => ({
  findSignIn(email) {
    const person = tables.userByEmail(email)
    if (person === null) return null
    const knownAddresses = tables.knownAddressesOfUser.ascending(person.user.id).map(({ userId, ...address }) => address)
    return { ...person, knownAddresses }
  },
  rememberAddress(address) {
    invariant(tables.users.find(address.userId) !== null, 'a known address needs its person')
    invariant(address.slot >= 0 && address.slot < knownAddressesPerPerson, 'a known address has one of the slots')
    tables.knownAddresses.put(address)
  },
})
