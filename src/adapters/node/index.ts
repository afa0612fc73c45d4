export { type BcryptHasherOptions, bcryptHasher } from './bcrypt-hasher.js'
export { gatherKeyUses, type KeyUseOptions } from './key-uses.js'
export { secureRandomBytes, systemClock, uuidv7 } from './system-runtime.js'
export { type WebhookFetch, type WebhookSenderOptions, webhookSender } from './webhook-sender.js'
export {
  type ReceivedWebhook,
  signWebhook,
  verifyWebhook,
  type WebhookHeaders,
  type WebhookMessage,
  type WebhookVerdict,
  webhookSecret,
} from './webhook-signature.js'
