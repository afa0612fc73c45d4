/** The same plain data, moments included, which nobody can change any more: it is given to many. */
export function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (value instanceof Date) Object.setPrototypeOf(value, standing)
  for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}

const setters = Object.getOwnPropertyNames(Date.prototype).filter((name) => name.startsWith('set'))

/** What a moment is that cannot be set: whoever reckons with the end of a period must not move it for all others. */
const standing: object = Object.create(Date.prototype, Object.fromEntries(setters.map((name) => [name, { value: refuse }])))

function refuse(): never {
  throw new TypeError('An answer of the gate cache cannot be changed: copy the Date first.')
}
