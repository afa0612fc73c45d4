/** Are these two types one and the same? */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles when every claim is true. */
export function claim<_Claims extends readonly true[]>(): void {}
