import { describe } from 'vitest'
import { startServer } from '../../examples/fastify/server.js'
import { httpSuite } from './suite.js'

describe('the Fastify example', () => httpSuite(startServer))
