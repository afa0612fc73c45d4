import { describe } from 'vitest'
import { startServer } from '../../examples/express/server.js'
import { httpSuite } from './suite.js'

describe('the Express example', () => httpSuite(startServer))
