import { TenantryError } from '../../errors.js'
import type { Context } from '../context.js'
import { budgetsOf, clientSubject, counted, subjectOf, takeTry } from './password-try.js'
import { type Turnstile, turnstile } from './turnstile.js'

/** Tries of one client that are under way at once in one process, far fewer than its budget has. */
const triesOfClient = 8

/** In which order tries are let through, in one process. */
export interface SignInTurns {
  /** One at a time for each person and client: a person's right password, sent often at once, never looks like so many guesses. */
  readonly guesses: Turnstile
  /** A whole office that signs in at the same moment does not use up the budget of its address. */
  readonly clients: Turnstile
}

/** Turns that nobody waits for yet. */
export const signInTurns = (): SignInTurns => ({ guesses: turnstile(1), clients: turnstile(triesOfClient) })

/** Who is to be signed in, and from where, as they stand in keys. */
export interface Guess {
  readonly person: string
  /** `null` without a usable address. */
  readonly client: string | null
}

/**
 * Lets a try through when its turn has come, unless its client has failed too often, whoever was to be signed in. A try that does not end in
 * `invalid_credentials` is not counted.
 *
 * @throws TenantryError `throttled`, before anybody is looked up: it says nothing of the person
 */
export async function admitSignIn<Result>(
  context: Context,
  { email, ip }: { email: string; ip: string | null | undefined },
  work: (guess: Guess) => Promise<Result>,
): Promise<Result> {
  const guess = { person: subjectOf(context, 'email', email), client: clientSubject(context, ip) }
  const { guesses, clients } = context.signInTurns
  const { person, client } = guess
  return guesses.pass(`${client}:${person}`, () => {
    if (client === null) return work(guess)
    return clients.pass(client, () => countForClient(context, client, () => work(guess)))
  })
}

async function countForClient<Result>(context: Context, client: string, work: () => Promise<Result>): Promise<Result> {
  const taken = await takeTry(context, budgetsOf('client', context.settings.signIn.perClient, client))
  if (!taken.allowed) throw new TenantryError('throttled', { retryAfterSeconds: taken.retryAfterSeconds })
  try {
    const result = await work()
    await taken.giveBack()
    return result
  } catch (error) {
    if (!isFailure(error)) await taken.giveBack()
    throw error
  }
}

const isFailure = (error: unknown): boolean => error instanceof TenantryError && error.code === 'invalid_credentials'

/**
 * Who may be signed in, or `null`. `compare` is asked also where the budgets of the person are used up and the answer is `null` whatever it
 * says, so that nothing tells strangers that they are.
 */
export async function trySignIn<Person>(
  context: Context,
  guess: Guess,
  { isKnownAddress, compare }: { isKnownAddress: boolean; compare: () => Promise<Person | null> },
): Promise<Person | null> {
  const taken = await takeTry(context, budgetsOfPerson(context, guess, isKnownAddress))
  const person = await counted(taken, compare)
  return taken.allowed ? person : null
}

/** What strangers fail elsewhere does not count at an address from which the person has signed in before. */
function budgetsOfPerson({ settings }: Context, { person, client }: Guess, isKnownAddress: boolean) {
  const { perPerson, perPersonAndClient } = settings.signIn
  const here = client === null ? [] : budgetsOf(`from/${client}`, perPersonAndClient, person)
  return isKnownAddress ? here : [...here, ...budgetsOf('person', perPerson, person)]
}
