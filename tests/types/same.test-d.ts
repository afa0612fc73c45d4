import { claim, type Same } from './same.js'

claim<[Same<{ readonly a: 1 }, { readonly a: 1 }>, Same<string | null, null | string>]>()
// @ts-expect-error: a number is not any number
claim<[Same<1, number>]>()
// @ts-expect-error: what may be changed is not what may only be read
claim<[Same<{ a: 1 }, { readonly a: 1 }>]>()
// @ts-expect-error: a number is not the unknown
claim<[Same<unknown, number>]>()
