import type { Kysely } from 'kysely'
import {
  type Actor,
  type ClientAddressOptions,
  type ClientAddressReader,
  type Clock,
  clientAddressReader,
  createTenantry,
  type Logger,
  type TenantryOptions,
  type ThrottleRule,
} from 'tenantry'
import { kyselyStore, migrate, type TenantryTables } from 'tenantry/kysely'
import { bankDetails } from './bank-details.js'
import { type DatabaseOptions, openDatabase } from './database.js'
import { consoleLogger } from './logger.js'
import { plans } from './plans.js'
import { onceASecond } from './readiness.js'

/** What an example server is started with. */
export interface AppOptions extends DatabaseOptions {
  /** Is made an administrator at start. */
  readonly administrator?: { readonly email: string; readonly password: string } | undefined
  /** How often one client address may try to sign up or in; 120 times a minute when left out. */
  readonly authThrottle?: ThrottleRule | undefined
  /** The proxies that requests come through; none when left out. */
  readonly proxies?: ClientAddressOptions | undefined
  /** The machines of `createTenantry`; its defaults when left out. */
  readonly passwords?: TenantryOptions['passwords'] | undefined
  readonly clock?: Clock | undefined
  /** Writes to the console when left out. */
  readonly logger?: Logger | undefined
}

/** What the routes work with. */
export interface App {
  readonly tenantry: ReturnType<typeof composeTenantry>
  readonly db: Kysely<TenantryTables>
  readonly clock: Clock
  readonly logger: Logger
  readonly clientAddress: ClientAddressReader
  /** Rejects unless the store answered and knew its tables within the last second. */
  readonly checkReady: () => Promise<void>
  close(): Promise<void>
}

const itself: Actor = { type: 'system', id: 'example' }

/** Opens the database, brings it up to date, and puts everything together. */
export async function createApp(options: AppOptions): Promise<App> {
  const { logger = consoleLogger, clock = () => new Date() } = options
  const clientAddress = clientAddressReader(options.proxies)
  const db = await openDatabase(options, logger)
  try {
    await migrate(db)
    const tenantry = composeTenantry(db, { ...options, logger, clock })
    await tenantry.syncPlans()
    if (options.administrator !== undefined) await tenantry.createAdmin(options.administrator, itself)
    const checkReady = onceASecond(async () => void (await tenantry.listPlans({ limit: 1 })), clock)
    return { tenantry, db, clock, logger, clientAddress, checkReady, close: () => db.destroy() }
  } catch (error) {
    await db.destroy()
    throw error
  }
}

function composeTenantry(db: Kysely<TenantryTables>, options: AppOptions & { logger: Logger; clock: Clock }) {
  const { authThrottle, passwords, clock, logger } = options
  return createTenantry({
    store: kyselyStore(db),
    plans,
    billing: {
      pricingUrl: '/plans',
      bankDetails,
      issuer: {
        name: 'Siteworks',
        address: '1 Example Street, 12345 Sampletown',
        taxId: 'EX 123 456 789',
        email: 'billing@siteworks.example',
      },
    },
    throttling: {
      defaults: {
        /** Accounts whose plan has no rule of its own, and callers who are not known. */
        api: { limit: 120, windowSeconds: 60 },
        auth: authThrottle ?? { limit: 120, windowSeconds: 60 },
        admin: { limit: 300, windowSeconds: 60 },
        pages: { limit: 300, windowSeconds: 60 },
      },
    },
    clock,
    logger,
    ...(passwords && { passwords }),
  })
}
