import { Failure } from './failure.js'

/**
 * The packages that talk to Postgres. A host that uses another store need not have them.
 *
 * @throws Failure `setup` that says what to install
 */
export async function loadPackages() {
  const [kysely, pg] = [await load(() => import('kysely')), await load(() => import('pg'))]
  const missing = [...(kysely === null ? ['kysely'] : []), ...(pg === null ? ['pg'] : [])]
  if (kysely === null || pg === null) {
    throw new Failure('setup', `The command line needs ${missing.join(' and ')}, not installed here: npm install ${missing.join(' ')}`)
  }
  // Only now: it imports kysely itself.
  return { kysely, pg: pg.default, adapter: await import('../adapters/kysely/index.js') }
}

async function load<Module>(importIt: () => Promise<Module>): Promise<Module | null> {
  try {
    return await importIt()
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === 'ERR_MODULE_NOT_FOUND') return null
    throw error
  }
}
