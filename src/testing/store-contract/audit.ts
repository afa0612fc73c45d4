import assert from 'node:assert/strict'
import type { Store } from '../../ports/store/store.js'
import { samples } from '../samples.js'
import { addAccount, at, awkwardJson, readPages, type StoreCases } from './world.js'

async function listed(store: Store, accountId: string | null): Promise<string[][]> {
  const pages = await readPages(
    2,
    (page) => store.listAuditEntries({ accountId, ...page }),
    (entry) => entry,
  )
  return pages.map((page) => page.map(({ id }) => id))
}

async function addListed(store: Store): Promise<void> {
  await addAccount(store)
  await addAccount(store, { id: 'account-2' })
  const moments = { a3: 1, a1: 1, a5: 2, a2: 1, a4: 0, a6: 3 }
  for (const [id, moment] of Object.entries(moments)) {
    const accountId = id === 'a2' ? 'account-2' : id === 'a6' ? null : 'account-1'
    await store.addAuditEntry(samples.auditEntry({ id, accountId, createdAt: at(moment) }))
  }
}

/** Promises about the record of administrative acts. */
export const auditCases: StoreCases = {
  'an act comes back with all that it is': async (store) => {
    await addAccount(store)
    const act = samples.auditEntry({ reason: `Zoë's "why" \\ 漢字`, before: awkwardJson, after: { status: null }, createdAt: at(7) })
    await store.addAuditEntry(act)
    assert.deepEqual(await store.listAuditEntries({ accountId: 'account-1', before: null, limit: 5 }), [act])
  },
  'an act of every kind of actor comes back, without a reason or an account too': async (store) => {
    for (const type of ['user', 'admin', 'system', 'api_key'] as const) {
      const act = samples.auditEntry({ id: type, accountId: null, actor: { type, id: `${type}-1` } })
      await store.addAuditEntry(act)
      const all = await store.listAuditEntries({ accountId: null, before: null, limit: 5 })
      assert.deepEqual(
        all.find(({ id }) => id === type),
        act,
      )
    }
  },
  'acts are listed of all accounts and of none, newest first, without a gap or a repeat': async (store) => {
    await addListed(store)
    assert.deepEqual(await listed(store, null), [
      ['a6', 'a5'],
      ['a3', 'a2'],
      ['a1', 'a4'],
    ])
  },
  'acts are listed of one account': async (store) => {
    await addListed(store)
    assert.deepEqual(await listed(store, 'account-1'), [
      ['a5', 'a3'],
      ['a1', 'a4'],
    ])
    assert.deepEqual(await listed(store, 'account-2'), [['a2']])
    assert.deepEqual(await listed(store, 'nowhere'), [])
  },
}
