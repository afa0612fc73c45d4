import { describe } from 'vitest'
import { startServer } from '../../examples/nest/server.js'
import { gateSuite } from './gate/suite.js'

describe('the gate in front of Nest', () => gateSuite(startServer))
