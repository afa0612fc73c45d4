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
