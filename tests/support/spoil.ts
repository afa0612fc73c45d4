import { badActors, badText, badValues, fail, throwingProxies } from './bad-values.js'
import { edgeValues } from './edge-values.js'
import type { Customer, World } from './operation-cases.js'

/** What is passed to an operation, about to be spoilt. */
export interface Draft {
  input: unknown
  actor: unknown
}

/** Which of the many ways to spoil a draft; numbers and a text, so that a failure prints short. */
export interface Choice {
  readonly place: number
  readonly variant: number
  readonly noise: string
}

/** A spot in the input: the input as a whole (`''`), a field, or an item of a list. */
interface Place {
  readonly name: string
  readonly value: unknown
  readonly holder: Record<string, unknown>
}

type Fits = (place: Place) => boolean

interface Mutation {
  /** Where it makes sense. */
  readonly fits: Fits
  readonly spoil: (place: Place, choice: Choice, world: World) => void
}

const pick = <Value>(values: readonly Value[], { variant }: Choice): Value => values[variant % values.length] as Value

const isContainer = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !(value instanceof Date)

/** All places of a draft's input. Inside `metadata` there are none, for there almost anything goes. */
function placesOf(draft: Draft): Place[] {
  const inside = (holder: Record<string, unknown>): Place[] =>
    Object.entries(holder).flatMap(([name, value]) => [
      { name, value, holder },
      ...(isContainer(value) && name !== 'metadata' ? inside(value) : []),
    ])
  const root: Place = { name: '', value: draft.input, holder: draft as unknown as Record<string, unknown> }
  return [root, ...(isContainer(draft.input) ? inside(draft.input) : [])]
}

/** Puts a value in a place; now and then into the metadata instead of in its stead. */
function put({ name, holder, value: old }: Place, value: unknown, { variant }: Choice): void {
  const key = name === '' ? 'input' : name
  holder[key] = name === 'metadata' && variant % 2 === 1 ? { ...(old as object), facts: value } : value
}

const anywhere: Fits = () => true
const isRoot: Fits = ({ name }) => name === ''
const isField: Fits = ({ name }) => name !== ''
const isMetadata: Fits = ({ name }) => name === 'metadata'
const isText: Fits = ({ value }) => typeof value === 'string'
const isList: Fits = ({ value }) => Array.isArray(value)
/** Of these fields any other one is unknown. */
const isClosed: Fits = (place) => isContainer(place.value) && !isList(place) && place.name !== 'metadata'

const prose = new Set(
  'firstName lastName accountName externalUserId password current next name reason description operation payerName idempotencyKey externalPaymentId'.split(
    ' ',
  ),
)
/** Text that may not be just anything. */
const isStrictText: Fits = (place) => isText(place) && !prose.has(place.name)

const ids = [
  'accountId',
  'userId',
  'apiKeyId',
  'subscriptionId',
  'paymentId',
  'entryId',
  'reservationId',
] as const satisfies readonly (keyof Customer)[]
const isId: Fits = ({ name }) => ids.some((id) => id === name)
const otherIds = (name: string, { own, foreign }: World): string[] =>
  ids.filter((id) => id !== name).flatMap((id) => [own[id], foreign[id]])

const replacing = (values: readonly unknown[], fits: Fits = anywhere): Mutation => ({
  fits,
  spoil: (place, choice) => put(place, pick(values, choice), choice),
})

const making = (fits: Fits, values: (place: Place, world: World, choice: Choice) => readonly unknown[]): Mutation => ({
  fits,
  spoil: (place, choice, world) => put(place, pick(values(place, world, choice), choice), choice),
})

const rewriting = (rewrites: readonly ((text: string) => string)[], fits: Fits = isText): Mutation => ({
  fits,
  spoil: (place, choice) => put(place, pick(rewrites, choice)(String(place.value)), choice),
})

/** Adds an own field, whatever its name does elsewhere. */
const adding = (names: (noise: string) => readonly string[]): Mutation => ({
  fits: isClosed,
  spoil: ({ value }, choice) =>
    void Object.defineProperty(value, pick(names(choice.noise), choice), {
      value: { polluted: true },
      enumerable: true,
      configurable: true,
    }),
})

/** The ways of being wrong, by name. */
const mutations = {
  'no input': replacing([null, '', 0, false, 'x', 5, [], [[]]], isRoot),
  'another type': replacing(badValues.types),
  'a missing key': {
    fits: isField,
    spoil: ({ name, holder }) => void (Array.isArray(holder) ? holder.splice(Number(name), 1) : delete holder[name]),
  },
  'an unknown key': adding((noise) => ['isAdmin', 'accountid', 'account_id', '$where', '0', '', 'a.b', '\0', `x${noise}`]),
  'a key of Object.prototype': adding(() => ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'toJSON', 'then']),
  'a huge string': replacing(badValues.huge),
  NUL: rewriting(badText.nul),
  'a lone surrogate': rewriting(badText.surrogate),
  'a control character': rewriting(badText.control),
  'a number as text': replacing(
    badValues.numbersAsText,
    (place) => typeof place.value === 'number' || place.value instanceof Date || isStrictText(place),
  ),
  'minus zero': replacing(badValues.minusZero),
  'not a number': replacing(badValues.notANumber),
  infinity: replacing(badValues.infinite),
  'a bigint': replacing(badValues.bigints),
  'a float': replacing(badValues.floats),
  'a number out of range': replacing(badValues.outOfRange),
  'an impossible date': replacing(badValues.dates),
  'an array for an object': making(
    ({ value }) => isContainer(value) && !Array.isArray(value),
    ({ value }) => [[], [value], [value, value], Object.entries(value as object)],
  ),
  'deep nesting': replacing(badValues.deep),
  'a getter that throws': {
    fits: isField,
    spoil: ({ name, holder }) => void Object.defineProperty(holder, name, { get: fail, enumerable: true, configurable: true }),
  },
  'a proxy that throws': making(anywhere, ({ value }) => throwingProxies(isContainer(value) ? value : {})),
  'a symbol': replacing(badValues.symbols),
  'a function': replacing(badValues.functions, ({ name }) => name !== 'onProgress'),
  'an instance of a class': replacing(badValues.instances),
  'a date for text': replacing([new Date('2026-01-02T00:00:00Z'), new Date(0)], ({ value }) => !(value instanceof Date)),
  'a foreign id': making(isId, ({ name }, { foreign }) => [foreign[name as keyof Customer]]),
  'an id of another kind': making(isId, ({ name }, world) => otherIds(name, world)),
  'a random id': making(isStrictText, (_place, _world, { noise }) => [...badValues.ids, noise, `${noise}-1`]),
  'a malformed id': rewriting(badText.malformed, isStrictText),
  'a hostile address': replacing(badValues.addresses, isStrictText),
  'invisible text': rewriting(badText.invisible, isStrictText),
  'facts that JSON does not carry': making(isMetadata, () => badValues.facts),
  'a value at the edge': making(isField, ({ name, value }) => edgeValues(name, value)),
} satisfies Record<string, Mutation>

/** A way in which an input can be wrong. */
export type SpoilKind = keyof typeof mutations

/** Every way in which an input can be wrong. */
export const spoilKinds = Object.keys(mutations) as SpoilKind[]

const fitting = (kind: SpoilKind, draft: Draft): Place[] => placesOf(draft).filter(mutations[kind].fits)

/** Is there anything in this draft that can be spoilt so? */
export const canSpoil = (kind: SpoilKind, draft: Draft): boolean => fitting(kind, draft).length > 0

/** Spoils a draft's input, in place. */
export function spoil(kind: SpoilKind, choice: Choice, draft: Draft, world: World): void {
  const places = fitting(kind, draft)
  const mutation: Mutation = mutations[kind]
  mutation.spoil(places[choice.place % places.length] as Place, choice, world)
}

/** Whoever must not do anything to an account: nobodies, and strangers. */
export const wrongActors = ({ own, foreign }: World): readonly unknown[] => [
  { type: 'user', id: foreign.userId },
  { type: 'user', id: 'nobody' },
  { type: 'api_key', id: own.apiKeyId },
  { type: 'api_key', id: foreign.apiKeyId },
  { type: 'api_key', id: own.userId },
  ...badActors,
]

/** Puts one of them into a draft. */
export function spoilActor(choice: Choice, draft: Draft, world: World): void {
  draft.actor = pick(wrongActors(world), choice)
}
