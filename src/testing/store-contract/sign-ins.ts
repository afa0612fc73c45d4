import assert from 'node:assert/strict'
import { knownAddressesPerPerson } from '../../domain/known-address.js'
import type { Store } from '../../ports/store/store.js'
import { samples } from '../samples.js'
import { at, atOnce, type StoreCases } from './world.js'

const person = samples.newUser({ passwordHash: 'verifier' })
const { email, id: userId } = person.user
const address = (slot: number, milliseconds = 0) => ({ slot, hash: String(slot).padStart(64, 'a'), lastSeenAt: at(milliseconds) })

async function known(store: Store, of = email) {
  return (await store.findSignIn(of))?.knownAddresses
}

/** Promises about people who sign in and the addresses known of them. */
export const signInCases: StoreCases = {
  'a person is found by e-mail, with all that findUserByEmail answers': async (store) => {
    await store.addUser(person)
    assert.deepEqual(await store.findSignIn(email), { ...person, knownAddresses: [] })
    assert.equal(await store.findSignIn('nobody@example.com'), null)
    assert.equal(await store.findSignIn(''), null)
  },
  'known addresses come by slot, and each person has their own': async (store) => {
    await store.addUser(person)
    await store.addUser(samples.newUser({ id: 'user-2' }))
    for (const slot of [10, 2, knownAddressesPerPerson - 1, 0]) await store.rememberAddress({ userId, ...address(slot, slot) })
    await store.rememberAddress({ userId: 'user-2', ...address(2, 7) })
    assert.deepEqual(await known(store), [address(0, 0), address(2, 2), address(10, 10), address(19, 19)])
    assert.deepEqual(await known(store, 'user-2@example.com'), [address(2, 7)])
  },
  'an address takes the place of the one in its slot': async (store) => {
    await store.addUser(person)
    await store.rememberAddress({ userId, ...address(3) })
    await store.rememberAddress({ userId, ...address(4), slot: 3, lastSeenAt: at(9) })
    assert.deepEqual(await known(store), [{ ...address(4), slot: 3, lastSeenAt: at(9) }])
  },
  'of many who are remembered in one slot at once, one is': async (store) => {
    await store.addUser(person)
    await atOnce(10, (index) => store.rememberAddress({ userId, ...address(index), slot: 0 }))
    assert.equal((await known(store))?.length, 1)
  },
  'an address needs its person, and one of the slots': async (store) => {
    await assert.rejects(store.rememberAddress({ userId, ...address(0) }))
    await store.addUser(person)
    await assert.rejects(store.rememberAddress({ userId, ...address(knownAddressesPerPerson) }))
    await assert.rejects(store.rememberAddress({ userId, ...address(-1) }))
    assert.deepEqual(await known(store), [])
  },
}
