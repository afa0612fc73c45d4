import type { AccessChange } from 'tenantry'
import { expect, it, vi } from 'vitest'
import { heardNotices } from '../../src/adapters/node/heard-notices.js'

it('notices that were closed before anybody listened open no connection', async () => {
  const open = vi.fn(() => Promise.reject(new Error('nothing there')))
  const notices = heardNotices({ openWith: () => open, heartbeatSeconds: 1, publish: undefined })
  await notices.close()
  notices.listen({ onChange: () => undefined, onHearing: () => undefined })
  expect(open).not.toHaveBeenCalled()
  await notices.close()
})

it('notices tell each listener whether they are heard, and why not, also one that comes later', async () => {
  const open = () => Promise.reject(Object.assign(new Error('nothing there'), { code: 'ECONNREFUSED' }))
  const notices = heardNotices({ openWith: () => open, heartbeatSeconds: 1, publish: undefined })
  const told: unknown[] = []
  const listener = (name: string) => ({
    onChange: () => undefined,
    onHearing: (isHearing: boolean, reason?: string) => void told.push([name, isHearing, reason]),
  })
  notices.listen(listener('first'))
  await vi.waitFor(() => expect(told).toHaveLength(1))
  notices.listen(listener('second'))
  expect(told).toEqual([
    ['first', false, 'ECONNREFUSED'],
    ['second', false, 'ECONNREFUSED'],
  ])
  await notices.close()
})

it('notices reach every listener, also beside one that throws', async () => {
  let [hear, lose] = [(_change: AccessChange): void => undefined, (): void => undefined]
  const notices = heardNotices({
    openWith: (onChange) => async (onLost) => {
      hear = onChange
      lose = onLost
      return { beat: async () => undefined, close: async () => undefined }
    },
    heartbeatSeconds: 1,
    publish: undefined,
  })
  const refuse = (): never => {
    throw new Error('of a listener')
  }
  const told: unknown[] = []
  notices.listen({ onChange: refuse, onHearing: refuse })
  notices.listen({ onChange: (change) => void told.push(change), onHearing: (isHearing) => void told.push(isHearing) })
  await vi.waitFor(() => expect(told).toEqual([true]))
  hear({ of: 'account', id: 'a' })
  lose()
  await vi.waitFor(() => expect(told.slice(0, 3)).toEqual([true, { of: 'account', id: 'a' }, false]))
  await notices.close()
})

it('notices are lost also by an error that throws when it is looked at', async () => {
  const trap = Object.defineProperty(new Error('odd'), 'code', {
    get() {
      throw new Error('of a getter')
    },
  })
  const notices = heardNotices({ openWith: () => () => Promise.reject(trap), heartbeatSeconds: 1, publish: undefined })
  const told: unknown[] = []
  notices.listen({ onChange: () => undefined, onHearing: (...heard) => void told.push(heard) })
  await vi.waitFor(() => expect(told).toEqual([[false, 'failed']]))
  await notices.close()
})

it('notices that were closed say so to who comes later', async () => {
  const open = () => Promise.reject(new Error('nothing there'))
  const notices = heardNotices({ openWith: () => open, heartbeatSeconds: 1, publish: undefined })
  notices.listen({ onChange: () => undefined, onHearing: () => undefined })
  await notices.close()
  const told: unknown[] = []
  notices.listen({ onChange: () => undefined, onHearing: (...heard) => void told.push(heard) })
  expect(told).toEqual([[false, 'closed']])
})
