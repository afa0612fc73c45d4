import { parseArgs } from 'node:util'
import { serveDemo } from './serve.js'
import { runTour } from './tour.js'

const usage = `npm run demo             a server with some history, on a database in the folder .tenantry-demo
npm run demo -- --tour   a walk through sign-up, spending, refusals and payment, in memory
`

try {
  const { tour } = readArguments()
  await (tour ? runTour() : serveDemo('.tenantry-demo'))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

function readArguments(): { tour: boolean } {
  try {
    const { values } = parseArgs({ options: { tour: { type: 'boolean', default: false } } })
    return values
  } catch {
    process.stderr.write(usage)
    process.exit(2)
  }
}
