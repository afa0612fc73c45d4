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
