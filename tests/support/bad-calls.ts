import fc from 'fast-check'
import { type Actor, isTenantryError, type RefusalCode } from 'tenantry'
import { type OperationCase, type OperationName, operationCases, type World } from './operation-cases.js'
import { type Choice, canSpoil, type Draft, type SpoilKind, spoil, spoilActor, spoilKinds } from './spoil.js'

const badActor = 'a bad actor'

/** A way in which a call can be wrong. */
export type BadKind = SpoilKind | typeof badActor

export type FuzzedName = keyof typeof operationCases

/** The operations that take something. */
export const fuzzedNames = Object.keys(operationCases) as FuzzedName[]

/** One call that is about to go wrong: what is done to a valid one. */
export interface BadCall extends Choice {
  readonly kind: BadKind
  /** Which of the valid sets of fields is spoilt. */
  readonly form: number
}

/** What came of a call. */
export interface Answer {
  /** The code of the refusal, thrown or answered; `null` when the call went through. */
  readonly refusal: RefusalCode | null
  /** All that a caller is told of it. */
  readonly wording: string
  readonly milliseconds: number
}

/** A case of the table whose operation does not matter. */
type AnyCase = Pick<OperationCase, 'refusals'> & {
  readonly fields: (world: World) => Record<string, unknown>
  readonly together?: readonly (readonly string[])[]
  readonly actor?: (world: World) => Actor
}

const caseOf = (name: FuzzedName): AnyCase => operationCases[name] as AnyCase

/** A valid call. */
export function draftOf(name: FuzzedName, form: number, world: World): Draft {
  const { fields, together, actor } = caseOf(name)
  const all: Record<string, unknown> = fields(world)
  const sets: readonly (readonly string[])[] = together ?? [Object.keys(all)]
  const set = sets[form % sets.length] ?? []
  return { input: Object.fromEntries(set.map((field) => [field, all[field]])), actor: actor?.(world) }
}

/** How many valid sets of fields an operation has. */
export const formsOf = (name: FuzzedName): number => caseOf(name).together?.length ?? 1

/** The kinds of bad value that some valid call of the operation can be spoilt with. */
export function kindsOf(name: FuzzedName, world: World): BadKind[] {
  const drafts = Array.from({ length: formsOf(name) }, (_, form) => draftOf(name, form, world))
  const kinds = spoilKinds.filter((kind) => drafts.some((draft) => canSpoil(kind, draft)))
  return caseOf(name).actor === undefined ? kinds : [...kinds, badActor]
}

/** Bad calls of a kind. */
export const badCalls = (kind: BadKind): fc.Arbitrary<BadCall> =>
  fc.record({
    kind: fc.constant(kind),
    form: fc.nat(9),
    place: fc.noBias(fc.nat(999)),
    variant: fc.noBias(fc.nat(999)),
    noise: fc.string({ unit: 'binary', maxLength: 12 }),
  })

/** A valid call, spoilt. */
export function spoilt(name: FuzzedName, call: BadCall, world: World): Draft {
  const { kind, form } = call
  const drafts = Array.from({ length: formsOf(name) }, (_, more) => draftOf(name, form + more, world))
  const draft = drafts.find((candidate) => kind === badActor || canSpoil(kind, candidate)) as Draft
  if (kind === badActor) spoilActor(call, draft, world)
  else spoil(kind, call, draft, world)
  return draft
}

type Loose = (input: unknown, actor: unknown) => Promise<unknown>

/** Calls an operation. Any error that is not a refusal passes through. */
export async function answerTo(name: OperationName, { input, actor }: Draft, { host }: World): Promise<Answer> {
  const operation = host.tenantry[name] as Loose
  const start = performance.now()
  const outcome = await operation(input, actor).then(answered, refused)
  return { ...outcome, milliseconds: performance.now() - start }
}

const yes = { refusal: null, wording: '' }

/** Questions answer their refusals. */
function answered(value: unknown): Omit<Answer, 'milliseconds'> {
  if (typeof value !== 'object' || value === null) return yes
  const { ok, code, message, allowed, ended } = value as Record<string, unknown>
  if (ok === false) return { refusal: code as RefusalCode, wording: String(message) }
  if (allowed === false) return { refusal: 'throttled', wording: '' }
  return ended === false ? { refusal: 'invalid_credential', wording: '' } : yes
}

function refused(error: unknown): Omit<Answer, 'milliseconds'> {
  if (!isTenantryError(error)) throw error
  return { refusal: error.code, wording: JSON.stringify([error.message, error.details, String(error.cause ?? '')]) }
}

/** May this operation refuse so? */
export const mayRefuse = (name: FuzzedName, code: RefusalCode): boolean =>
  code === 'invalid_input' || caseOf(name).refusals.includes(code) || (name === 'logout' && code === 'invalid_credential')

/** How zod and the drivers of databases put it, in which no answer may be put. */
export const foreignWording =
  /Invalid (?:input|key|element|option|date|email|url)\b(?!\. )|Unrecognized key|Too (?:big|small): expected|Invalid string|ZodError|invalid_type|nonoptional|safeint|violates|syntax error|invalid byte sequence|out of range for type|unsupported Unicode|relation "|constraint/i
