import assert from 'node:assert/strict'
import type { HashedClaim } from '../../ports/store/trials.js'
import { at, atOnce, count, type StoreCases } from './world.js'

const rollBack = new Error('rolled back')
const address = { kind: 'email', hash: 'a'.repeat(64) } as const
const card = { kind: 'fingerprint', hash: 'c'.repeat(64) } as const
const other = { kind: 'email', hash: 'd'.repeat(64) } as const

const claim = (claimId: string, ...claims: readonly HashedClaim[]) => ({ claimId, claims, at: at(1) })

/** Promises about claims of free trials, and about secrets of the installation. */
export const trialCases: StoreCases = {
  'claims that nobody has made become ours, and stay it': async (store) => {
    assert.equal(await store.claimTrial(claim('one', address, card)), null)
    assert.equal(await store.claimTrial(claim('one', card, address)), null)
    assert.deepEqual(await store.findTrialClaim([other, address]), address)
    assert.equal(await store.findTrialClaim([other]), null)
  },
  "a claim that is another's is told": async (store) => {
    await store.claimTrial(claim('one', address, card))
    assert.deepEqual(await store.claimTrial(claim('two', other, card)), card)
    assert.deepEqual(await store.claimTrial(claim('two', address)), address)
  },
  'no claim is nothing to claim and nothing to find': async (store) => {
    assert.equal(await store.claimTrial(claim('one')), null)
    assert.equal(await store.findTrialClaim([]), null)
  },
  'one claim named twice is one': async (store) => {
    assert.equal(await store.claimTrial(claim('one', address, address)), null)
    assert.deepEqual(await store.claimTrial(claim('two', address, address)), address)
  },
  'one text of two kinds is two claims': async (store) => {
    assert.equal(await store.claimTrial(claim('one', address)), null)
    assert.equal(await store.claimTrial(claim('two', { kind: 'fingerprint', hash: address.hash })), null)
  },
  'claims of a transaction that is rolled back were never made': async (store) => {
    const transaction = store.transaction(async (tx) => {
      await tx.claimTrial(claim('one', address))
      await tx.addInstallationSecret({ name: 's', secret: 'first', at: at(1) })
      throw rollBack
    })
    await assert.rejects(transaction, (error) => error === rollBack)
    assert.equal(await store.claimTrial(claim('two', address)), null)
    assert.equal(await store.findInstallationSecret('s'), null)
  },
  'of many who claim at once, one has it': async (store) => {
    const answers = await atOnce(20, (index) => store.claimTrial(claim(`claim-${index}`, address, card)))
    assert.equal(count(answers, null), 1)
  },
  'an installation has one secret of a name: the first': async (store) => {
    assert.equal(await store.findInstallationSecret('s'), null)
    assert.equal(await store.addInstallationSecret({ name: 's', secret: 'first', at: at(1) }), 'first')
    assert.equal(await store.addInstallationSecret({ name: 's', secret: 'second', at: at(2) }), 'first')
    assert.equal(await store.addInstallationSecret({ name: 't', secret: 'third', at: at(2) }), 'third')
    assert.equal(await store.findInstallationSecret('s'), 'first')
  },
  'of many who bring a secret at once, all are told the same': async (store) => {
    const kept = await atOnce(10, (index) => store.addInstallationSecret({ name: 's', secret: `secret-${index}`, at: at(index) }))
    assert.equal(new Set([...kept, await store.findInstallationSecret('s')]).size, 1)
  },
}
