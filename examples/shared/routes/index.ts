import type { Route } from '../http/exchange.js'
import { adminAccountRoutes } from './admin-accounts.js'
import { apiKeyRoutes } from './api-keys.js'
import { assetRoutes } from './assets.js'
import { authRoutes } from './auth.js'
import { billingRoutes } from './billing.js'
import { billingPageRoutes } from './billing-pages.js'
import { creditRoutes } from './credits.js'
import { healthRoutes } from './health.js'
import { ownBillingRoutes } from './own-billing.js'
import { pageRoutes } from './pages.js'
import { receiptRoutes } from './receipts.js'
import { transferPageRoutes } from './transfer-pages.js'

/** Every route, for both servers. Each answers with and without a slash at its end. */
export const routes: readonly Route[] = [
  ...healthRoutes,
  ...authRoutes,
  ...creditRoutes,
  ...apiKeyRoutes,
  ...billingRoutes,
  ...ownBillingRoutes,
  ...adminAccountRoutes,
  ...pageRoutes,
  ...billingPageRoutes,
  ...transferPageRoutes,
  ...receiptRoutes,
  ...assetRoutes,
]
