import { setTimeout } from 'node:timers/promises'
import { createTenantry, isTenantryError, type PasswordHasher } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { plainHasher } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openWorld, times, type World } from './world.js'

const serverUrl = inject('postgresUrl')

/** Compares as long as it takes others to come in between, or not quite. */
function unevenHasher(): PasswordHasher {
  const plain = plainHasher()
  const verify = async (given: string, verifier: string): Promise<boolean> => {
    const matches = await plain.verify(given, verifier)
    await setTimeout(Math.random() * 8)
    return matches
  }
  return { ...plain, verify }
}

describe.skipIf(serverUrl === null)('sign-ins while the password is changed', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(serverUrl ?? '')
  })
  afterAll(() => world.close())

  it('leave the old password no session: each is ended with the others, or never begun', async () => {
    const tenantry = createTenantry({ store: kyselyStore(world.db), clock: world.clock, passwords: unevenHasher() })
    const outcomes = new Set<string>()
    for (let round = 0; round < 40; round += 1) {
      const [email, password] = [`person-${round}@example.com`, 'correct horse battery']
      const { user } = await tenantry.registerTrial({ email, password })
      const enter = (index: number): Promise<string | null> =>
        tenantry.login({ email, password, ip: `10.0.0.${index}` }).then(
          ({ session }) => session.token,
          (error: unknown) => {
            if (!isTenantryError(error, 'invalid_credentials')) throw error
            return null
          },
        )
      const change = tenantry.changePassword({ userId: user.id, current: password, next: 'another horse battery' })
      const tokens = await Promise.all(times(4, enter))
      await change
      for (const credential of tokens) {
        if (credential !== null) expect(await tenantry.authenticate({ credential })).toMatchObject({ ok: false })
        outcomes.add(credential === null ? 'refused' : 'ended')
      }
    }
    expect(outcomes).toEqual(new Set(['refused', 'ended']))
  })
})
