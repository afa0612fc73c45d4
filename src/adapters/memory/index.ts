export { memoryStore } from './memory-store.js'
export { type MemoryThrottleOptions, memoryThrottleStore } from './throttle-store.js'
