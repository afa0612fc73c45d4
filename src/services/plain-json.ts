const maxBytes = 16 * 1024
const maxDepth = 8

/** Is it an object that JSON carries unchanged, and Postgres stores: no NUL, no lone surrogate, no `__proto__`, not too large or deep? */
export function isPlainJson(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value) || !isPlain(value, 1)) return false
  return Buffer.byteLength(JSON.stringify(value)) <= maxBytes
}

function isPlain(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'boolean') return true
  if (typeof value === 'string') return isText(value)
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  if (depth > maxDepth) return false
  if (Array.isArray(value)) return value.length <= maxBytes && value.every((item) => isPlain(item, depth + 1))
  return isRecord(value) && Object.entries(value).every(([key, item]) => key !== '__proto__' && isText(key) && isPlain(item, depth + 1))
}

const isText = (text: string): boolean => text.length <= maxBytes && !/[\0\p{Cs}]/u.test(text)

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return (prototype === Object.prototype || prototype === null) && typeof (value as { toJSON?: unknown }).toJSON !== 'function'
}
