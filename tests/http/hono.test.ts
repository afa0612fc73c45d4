import { describe } from 'vitest'
import { startServer } from '../../examples/hono/server.js'
import { httpSuite } from './suite.js'

describe('the Hono example', () => httpSuite(startServer))
