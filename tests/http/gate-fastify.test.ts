import { describe } from 'vitest'
import { startServer } from '../../examples/fastify/server.js'
import { gateSuite } from './gate/suite.js'

describe('the gate in front of Fastify', () => gateSuite(startServer))
