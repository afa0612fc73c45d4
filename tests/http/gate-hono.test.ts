import { describe } from 'vitest'
import { startServer } from '../../examples/hono/server.js'
import { gateSuite } from './gate/suite.js'

describe('the gate in front of Hono', () => gateSuite(startServer))
