export {
  type BcryptHasherOptions,
  bcryptHasher,
  type ReceivedWebhook,
  secureRandomBytes,
  signWebhook,
  systemClock,
  uuidv7,
  verifyWebhook,
  type WebhookFetch,
  type WebhookHeaders,
  type WebhookMessage,
  type WebhookSenderOptions,
  type WebhookVerdict,
  webhookSecret,
  webhookSender,
} from './adapters/node/index.js'
export * from './domain/index.js'
export {
  type AnyTenantryError,
  type InputIssue,
  isTenantryError,
  type RefusalCode,
  type RefusalDetails,
  TenantryError,
} from './errors.js'
export { httpStatus } from './http-status.js'
export type * from './ports/index.js'
export type * from './services/inputs-and-results.js'
export type { Tenantry } from './services/tenantry.js'
export { createTenantry, type TenantryOptions } from './tenantry.js'
