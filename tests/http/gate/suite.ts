import { afterAll, beforeAll, beforeEach, describe, inject } from 'vitest'
import type { StartServer } from '../../../examples/shared/serve.js'
import { embedded, onServer } from '../suite/databases.js'
import type { Stand } from '../suite/world.js'
import { addressCases } from './addresses.js'
import { credentialCases } from './credentials.js'
import { failureCases } from './failures.js'
import { standingCases } from './standing.js'
import { throttlingCases } from './throttling.js'
import { createGateWorld, type GateWorld } from './world.js'

/** The gate in front of two routes, on every database: a server of every framework has to pass it. */
export function gateSuite(startServer: StartServer): void {
  describe('on embedded Postgres', () => suiteOn({ startServer, database: embedded }))
  describe.skipIf(inject('postgresUrl') === null)('on a Postgres server', () => suiteOn({ startServer, database: onServer }))
}

function suiteOn(stand: Stand): void {
  let world: GateWorld
  beforeAll(async () => {
    world = await createGateWorld(stand)
  })
  // All tests call from one address, whose budget is whole again then.
  beforeEach(() => world.wait(60))
  afterAll(() => world.end())

  describe('credentials', () => credentialCases(() => world))
  describe('standing', () => standingCases(() => world))
  describe('throttling', () => throttlingCases(() => world))
  describe('addresses', () => addressCases((options) => createGateWorld(stand, options)))
  describe('failures', () =>
    failureCases(
      () => world,
      () => createGateWorld(stand),
    ))
}
