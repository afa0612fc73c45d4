import { describe } from 'vitest'
import { startServer } from '../../examples/express/server.js'
import { gateSuite } from './gate/suite.js'

describe('the gate in front of Express', () => gateSuite(startServer))
