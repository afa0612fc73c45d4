/** Is it promised, and not there yet? */
export const isPromised = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function'

/** Goes on with a value that is there, at once, or with one that is promised, when it has come. */
export const goOn = <Value, Next>(value: Value | Promise<Value>, next: (value: Value) => Next | Promise<Next>): Next | Promise<Next> =>
  isPromised(value) ? value.then(next) : next(value)
