export { type RedisAccessNoticesOptions, redisAccessNotices } from './access-notices.js'
export { type RedisEval, type RedisThrottleOptions, redisThrottleStore } from './throttle-store.js'
