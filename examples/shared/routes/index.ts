import type { Route } from '../http/exchange.js'
import { adminAccountRoutes } from './admin-accounts.js'
import { apiKeyRoutes } from './api-keys.js'
import { assetRoutes } from './assets.js'
import { authRoutes } from './auth.js'
import { billingRoutes } from './billing.js'
import { creditRoutes } from './credits.js'
import { healthRoutes } from './health.js'
import { pageRoutes } from './pages.js'
import { receiptRoutes } from './receipts.js'

/** Every route, for both servers. Each answers with and without a slash at its end. */
export const routes: readonly Route[] = [
  ...healthRoutes,
  ...authRoutes,
  ...creditRoutes,
  ...apiKeyRoutes,
  ...billingRoutes,
  ...adminAccountRoutes,
  ...pageRoutes,
  ...receiptRoutes,
  ...assetRoutes,
]
