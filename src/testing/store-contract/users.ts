import assert from 'node:assert/strict'
import { samples } from '../samples.js'
import { at, atOnce, count, type StoreCases } from './world.js'

const ada = samples.newUser({
  id: 'user-1',
  email: 'ada@example.com',
  firstName: `Zoë "Ada" O'Neil \\ 漢字`,
  lastName: '',
  passwordHash: '$2b$12$abcdefghijklmnopqrstuv',
  externalUserId: 'idp|1',
})
const grace = samples.newUser({ id: 'user-2', email: 'grace@example.com', platformRole: 'admin' })

/** Promises about people. */
export const userCases: StoreCases = {
  'a person comes back by id and by e-mail with all that they are': async (store) => {
    assert.equal(await store.addUser(ada), 'added')
    assert.equal(await store.addUser(grace), 'added')
    assert.deepEqual(await store.findUser('user-1'), ada)
    assert.deepEqual(await store.findUserByEmail('ada@example.com'), ada)
    assert.deepEqual(await store.findUser('user-2'), grace)
    assert.deepEqual(await store.findUserByEmail('grace@example.com'), grace)
  },
  'a person who is not there is null': async (store) => {
    await store.addUser(ada)
    assert.equal(await store.findUser('user-2'), null)
    assert.equal(await store.findUser('ada@example.com'), null)
    assert.equal(await store.findUserByEmail('grace@example.com'), null)
  },
  'an e-mail is looked up to the letter, not as a pattern': async (store) => {
    await store.addUser(samples.newUser({ email: 'axb@example.com' }))
    assert.equal(await store.findUserByEmail('a_b@example.com'), null)
    assert.equal(await store.findUserByEmail('a%@example.com'), null)
    assert.equal(await store.findUserByEmail('AXB@example.com'), null)
  },
  'an e-mail that belongs to somebody is taken, and nothing is added or changed': async (store) => {
    await store.addUser(ada)
    assert.equal(await store.addUser(samples.newUser({ id: 'user-2', email: 'ada@example.com' })), 'email_taken')
    assert.equal(await store.findUser('user-2'), null)
    assert.deepEqual(await store.findUserByEmail('ada@example.com'), ada)
  },
  'an external id that belongs to somebody is taken, and nothing is added or changed': async (store) => {
    await store.addUser(ada)
    const other = samples.newUser({ id: 'user-2', externalUserId: 'idp|1' })
    assert.equal(await store.addUser(other), 'external_user_id_taken')
    assert.equal(await store.findUser('user-2'), null)
    assert.equal(await store.findUserByEmail('user-2@example.com'), null)
    assert.deepEqual(await store.findUser('user-1'), ada)
  },
  'any number of people have no external id': async (store) => {
    for (const id of ['user-1', 'user-2', 'user-3']) assert.equal(await store.addUser(samples.newUser({ id })), 'added')
  },
  'of many sign-ups with one e-mail at once, one is added': async (store) => {
    const answers = await atOnce(20, (index) => store.addUser(samples.newUser({ id: `user-${index}`, email: 'ada@example.com' })))
    assert.equal(count(answers, 'added'), 1)
    assert.equal(count(answers, 'email_taken'), 19)
    assert.equal((await store.findUserByEmail('ada@example.com'))?.user.id, `user-${answers.indexOf('added')}`)
  },
  'of many sign-ups with one external id at once, one is added': async (store) => {
    const answers = await atOnce(10, (index) => store.addUser(samples.newUser({ id: `user-${index}`, externalUserId: 'idp|1' })))
    assert.equal(count(answers, 'added'), 1)
    assert.equal(count(answers, 'external_user_id_taken'), 9)
  },
  'a sign-up waits for one with the same e-mail in a transaction, and is too late if that commits': async (store) => {
    const late = samples.newUser({ id: 'user-2', email: 'ada@example.com' })
    const outside = await store.transaction(async (tx) => {
      await tx.addUser(ada)
      return { answer: store.addUser(late) }
    })
    assert.equal(await outside.answer, 'email_taken')
    assert.equal(await store.findUser('user-2'), null)
  },
  'a sign-up waits for one with the same e-mail in a transaction, and is added if that rolls back': async (store) => {
    const late = samples.newUser({ id: 'user-2', email: 'ada@example.com' })
    const outside: { answer?: Promise<string> } = {}
    const transaction = store.transaction(async (tx) => {
      await tx.addUser(ada)
      outside.answer = store.addUser(late)
      throw new Error('rolled back')
    })
    await assert.rejects(transaction, /rolled back/)
    assert.equal(await outside.answer, 'added')
    assert.deepEqual(await store.findUserByEmail('ada@example.com'), late)
  },
  'a taken e-mail or external id leaves the transaction usable': async (store) => {
    await store.addUser(ada)
    await store.transaction(async (tx) => {
      assert.equal(await tx.addUser({ ...ada, user: { ...ada.user, id: 'user-3' } }), 'email_taken')
      assert.equal(await tx.addUser(samples.newUser({ id: 'user-4', externalUserId: 'idp|1' })), 'external_user_id_taken')
      assert.equal(await tx.addUser(grace), 'added')
    })
    assert.deepEqual(await store.findUser('user-2'), grace)
    assert.equal(await store.findUser('user-3'), null)
    assert.equal(await store.findUser('user-4'), null)
  },
  'setPasswordHash replaces the verifier that it names': async (store) => {
    await store.addUser(ada)
    await store.addUser(grace)
    assert.equal(await store.setPasswordHash({ userId: 'user-1', from: ada.passwordHash, to: 'new', at: at(1) }), true)
    assert.equal(await store.setPasswordHash({ userId: 'user-2', from: null, to: 'first', at: at(1) }), true)
    assert.deepEqual(await store.findUser('user-1'), { ...ada, passwordHash: 'new' })
    assert.deepEqual(await store.findUser('user-2'), { ...grace, passwordHash: 'first' })
  },
  'setPasswordHash changes nothing when the verifier is another': async (store) => {
    await store.addUser(ada)
    await store.addUser(grace)
    assert.equal(await store.setPasswordHash({ userId: 'user-1', from: 'other', to: 'new', at: at(1) }), false)
    assert.equal(await store.setPasswordHash({ userId: 'user-1', from: null, to: 'new', at: at(1) }), false)
    assert.equal(await store.setPasswordHash({ userId: 'user-2', from: 'other', to: 'new', at: at(1) }), false)
    assert.equal(await store.setPasswordHash({ userId: 'nobody', from: null, to: 'new', at: at(1) }), false)
    assert.deepEqual(await store.findUser('user-1'), ada)
    assert.deepEqual(await store.findUser('user-2'), grace)
  },
  'of many changes from one verifier at once, one is made': async (store) => {
    await store.addUser(ada)
    const change = (index: number) => store.setPasswordHash({ userId: 'user-1', from: ada.passwordHash, to: `new-${index}`, at: at(1) })
    const answers = await atOnce(8, change)
    assert.equal(count(answers, true), 1)
    assert.equal((await store.findUser('user-1'))?.passwordHash, `new-${answers.indexOf(true)}`)
  },
  'setPlatformRole makes an administrator, and undoes it': async (store) => {
    await store.addUser(ada)
    assert.equal(await store.setPlatformRole({ userId: 'user-1', platformRole: 'admin', at: at(1) }), true)
    assert.deepEqual(await store.findUser('user-1'), { ...ada, user: { ...ada.user, platformRole: 'admin' } })
    assert.equal(await store.setPlatformRole({ userId: 'user-1', platformRole: null, at: at(2) }), true)
    assert.deepEqual(await store.findUser('user-1'), ada)
  },
  'setPlatformRole of nobody answers false': async (store) => {
    assert.equal(await store.setPlatformRole({ userId: 'nobody', platformRole: 'admin', at: at() }), false)
  },
}
