export { type RedisAccessNoticesOptions, redisAccessNotices } from './access-notices.js'
