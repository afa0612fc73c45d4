export { type RedisEval, type RedisThrottleOptions, redisThrottleStore } from './throttle-store.js'
