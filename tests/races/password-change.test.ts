import { setTimeout } from 'node:timers/promises'
import { createTenantry, isTenantryError, type PasswordHasher, type Tenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { plainHasher } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openWorld, times, type World } from './world.js'

const serverUrl = inject('postgresUrl')

/** Has compared, and says so only after the wait. */
function lateHasher(wait: () => Promise<unknown>): PasswordHasher {
  const plain = plainHasher()
  const verify = async (given: string, verifier: string): Promise<boolean> => {
    const matches = await plain.verify(given, verifier)
    await wait()
    return matches
  }
  return { ...plain, verify }
}

/** As long as it takes others to come in between, or not quite. */
const uneven = (): Promise<unknown> => setTimeout(Math.random() * 8)

describe.skipIf(serverUrl === null)('sign-ins while the password is changed', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(serverUrl ?? '')
  })
  afterAll(() => world.close())

  it('leave the old password no session: each is ended with the others, or never begun', async () => {
    const comparing = (wait: () => Promise<unknown>): Tenantry =>
      createTenantry({ store: kyselyStore(world.db), clock: world.clock, passwords: lateHasher(wait) })
    const tenantry = comparing(uneven)
    for (let round = 0; round < 40; round += 1) {
      const [email, password] = [`person-${round}@example.com`, 'correct horse battery']
      const { user } = await tenantry.registerTrial({ email, password })
      const enter = (index: number, through = tenantry): Promise<string | null> =>
        through.login({ email, password, ip: `10.0.0.${index}` }).then(
          ({ session }) => session.token,
          (error: unknown) => {
            if (!isTenantryError(error, 'invalid_credentials')) throw error
            return null
          },
        )
      const early = await enter(0)
      const change = tenantry.changePassword({ userId: user.id, current: password, next: 'another horse battery' })
      const late = enter(
        1,
        comparing(() => change),
      )
      const tokens = [early, ...(await Promise.all(times(4, (index) => enter(2 + index)))), await late]
      await change
      expect([tokens.at(0), tokens.at(-1)]).toEqual([expect.any(String), null])
      for (const credential of tokens) {
        if (credential !== null) expect(await tenantry.authenticate({ credential })).toMatchObject({ ok: false })
      }
    }
  })
})
