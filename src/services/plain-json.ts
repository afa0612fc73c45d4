const maxBytes = 16 * 1024
const maxDepth = 8

/** Stands for what JSON does not carry unchanged. */
const refused = Symbol('refused')

/** How many more values may be read. Every one takes a byte, so that more cannot fit; values that contain each other would never end. */
interface Budget {
  left: number
}

/**
 * A copy of an object that JSON carries unchanged and Postgres stores: no NUL, no lone surrogate, no `__proto__`, not too large or deep;
 * `null` for anything else. Everything is read once, so that what was checked is what is kept.
 */
export function plainJson(value: unknown): Record<string, unknown> | null {
  const copied = isRecord(value) ? copyRecord(value, 1, { left: maxBytes }) : refused
  return copied === refused || Buffer.byteLength(JSON.stringify(copied)) > maxBytes ? null : copied
}

function copy(value: unknown, depth: number, budget: Budget): unknown {
  budget.left -= 1
  if (budget.left < 0) return refused
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') return isText(value) ? value : refused
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0) ? value : refused
  if (depth > maxDepth) return refused
  if (Array.isArray(value)) return copyList(value, depth, budget)
  return isRecord(value) ? copyRecord(value, depth, budget) : refused
}

function copyList(list: readonly unknown[], depth: number, budget: Budget): unknown[] | typeof refused {
  if (list.length > maxBytes) return refused
  // By index: a list may bring an iterator of its own, which need never end.
  const items = Array.from({ length: list.length }, (_, index) => copy(list[index], depth + 1, budget))
  return items.includes(refused) ? refused : items
}

function copyRecord(record: Record<string, unknown>, depth: number, budget: Budget): Record<string, unknown> | typeof refused {
  const keys = Object.keys(record)
  if (keys.length > maxBytes || !keys.every((key) => key !== '__proto__' && isText(key))) return refused
  const fields = keys.map((key): [string, unknown] => [key, copy(record[key], depth + 1, budget)])
  return fields.some(([, field]) => field === refused) ? refused : Object.fromEntries(fields)
}

const isText = (text: string): boolean => text.length <= maxBytes && !/[\0\p{Cs}]/u.test(text)

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return (prototype === Object.prototype || prototype === null) && typeof (value as { toJSON?: unknown }).toJSON !== 'function'
}
