/** A deep copy of plain data: what a caller does to its own value never changes a row, nor the other way round. */
export function copy<Value>(value: Value): Value {
  return copyAny(value) as Value
}

function copyAny(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return new Date(value)
  if (Array.isArray(value)) return value.map(copyAny)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copyAny(item)]))
}
