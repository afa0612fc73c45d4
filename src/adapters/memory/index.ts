export { memoryStore } from './memory-store.js'
export { memoryThrottleStore } from './throttle-store.js'
