import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lockFolder } from '../../examples/demo/folder-lock.js'
import { people } from '../../examples/demo/people.js'
import { at, createClient } from '../http/suite/client.js'
import { startExample } from './program.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-demo-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the demo', () => {
  it('serves people with a history, keeps it, holds its folder alone and goes when it is asked to', { timeout: 240_000 }, async () => {
    const options = { cwd: folder, env: { PORT: '0' } }
    const demo = startExample('demo/main.ts', options)
    await demo.wrote('npm run demo -- --tour')
    const url = /listens on (\S+)/.exec(demo.output())?.[1] ?? ''
    const ask = createClient(url)

    const { email, password } = people.trial
    const signedIn = await ask('POST /api/v1/auth/login/', { json: { email, password } })
    expect(signedIn).toMatchObject({
      status: 200,
      body: { data: { user: { account: { status: 'trial', plan: { slug: 'free-trial' } } } } },
    })
    const usage = await ask('GET /api/v1/credits/usage/', { as: String(at(signedIn, 'data.access')) })
    expect((at(usage, 'data.by_day') as object[]).length).toBeGreaterThan(2)
    const { email: payer, password: secret } = people.paying
    expect(await ask('POST /api/v1/auth/login/', { json: { email: payer, password: secret } })).toMatchObject({
      status: 200,
      body: { data: { user: { account: { status: 'active', plan: { slug: 'starter' } } } } },
    })
    expect(await ask('POST /api/v1/auth/login/', { json: people.admin })).toMatchObject({ status: 200 })

    const second = startExample('demo/main.ts', options)
    expect(await second.ended()).toBe(1)
    expect(second.output()).toContain('uses .tenantry-demo')

    demo.signal('SIGTERM')
    expect(await demo.ended()).toBe(0)

    const again = startExample('demo/main.ts', options)
    await again.wrote('npm run demo -- --tour')
    expect(again.output()).toMatch(/grace@example\.com .* Free Trial: \d+ credits left/)
    again.signal('SIGINT')
    expect(await again.ended()).toBe(0)
  })
})

describe('the lock of a folder', () => {
  it('is held by one process, and given back', async () => {
    const place = join(folder, 'held')
    const unlock = lockFolder(place)
    expect(await readFile(join(place, 'lock'), 'utf8')).toBe(String(process.pid))
    expect(() => lockFolder(place)).toThrow(String(process.pid))
    unlock()
    lockFolder(place)()
  })

  it.each(['999999999', '', 'nonsense', '-1'])('left behind by a process that is gone (%j) does not count', async (holder) => {
    const place = join(folder, 'stale')
    lockFolder(place)()
    await writeFile(join(place, 'lock'), holder)
    const unlock = lockFolder(place)
    expect(await readFile(join(place, 'lock'), 'utf8')).toBe(String(process.pid))
    unlock()
  })
})
