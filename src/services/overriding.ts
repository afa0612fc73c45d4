/** An object with other methods in the place of some. A store may be of a class, whose methods a copy would lose. */
export const overriding = <Target extends object>(target: Target, methods: Partial<Target>): Target =>
  Object.assign(Object.create(target) as Target, methods)
