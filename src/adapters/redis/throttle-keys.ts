import { callerAt } from '../node/throttle-calls.js'

/**
 * The part of a throttle's key that names the caller, by which Redis Cluster finds the node: from `:anon` on, else from the last colon on,
 * which is the same for all the keys of one call. Braces are encoded, so that nothing but this part is in braces.
 */
export function callerOf(key: string): string {
  return encodeBraces(key.slice(callerAt(key)))
}

/** The key in Redis of a throttle's key: two throttle's keys never have the same one. */
export function redisKey(prefix: string, key: string): string {
  return `${prefix}${encodeBraces(key.slice(0, callerAt(key)))}{${callerOf(key)}}`
}

// Most keys hold none of these: looking is cheaper than replacing.
const encodeBraces = (text: string): string => (/[%{}]/.test(text) ? text.replace(/[%{}]/g, encodeURIComponent) : text)
