/** Goes on with a value that is there, at once, or with one that is promised, when it has come. */
export const goOn = <Value, Next>(value: Value | Promise<Value>, next: (value: Value) => Next | Promise<Next>): Next | Promise<Next> =>
  value instanceof Promise ? value.then(next) : next(value)
