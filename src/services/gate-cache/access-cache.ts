import { LRUCache } from 'lru-cache'
import type { AccessChange } from '../../ports/access-notices.js'
import type { Clock } from '../../ports/runtime.js'
import type { AccessOperations, AccountAccess } from '../../ports/store/access.js'
import { createDropRecord } from './drop-record.js'
import { frozen } from './frozen.js'
import type { GateQuestions } from './gate-questions.js'
import { createUnsettled } from './unsettled.js'

/** How much is kept, and for how long. */
export interface AccessCacheOptions {
  readonly ttlMs: number
  readonly maxEntries: number
  readonly clock: Clock
}

/** Answers of the gate's questions, kept for a while. */
export interface AccessCache {
  /** The questions, answered from what is kept where it holds. */
  readonly access: GateQuestions
  /** Drops what these changes made old. */
  drop(changes: readonly AccessChange[]): void
  /** While it is closed, it keeps nothing and every question is asked anew. */
  setOpen(isOpen: boolean): void
}

type Question = keyof AccessOperations

/** An answer, as of the moment when its question was asked. */
interface Kept {
  readonly question: Question
  readonly answer: unknown
  readonly askedAt: number
  readonly subjects: readonly string[]
}

/** Keeps what the store answered, never what was decided. */
export function createAccessCache(access: AccessOperations, { ttlMs, maxEntries, clock }: AccessCacheOptions): AccessCache {
  const record = createDropRecord()
  const unsettled = createUnsettled()
  const keysOf = new Map<string, Set<string>>()
  const kept = new LRUCache<string, Kept>({ max: maxEntries, dispose: forget })
  let isOpen = true

  function forget({ subjects }: Kept, key: string): void {
    for (const subject of subjects) {
      const keys = keysOf.get(subject)
      if (keys?.delete(key) && keys.size === 0) keysOf.delete(subject)
    }
  }

  function keep(key: string, entry: Kept): void {
    kept.set(key, entry)
    for (const subject of entry.subjects) {
      const keys = keysOf.get(subject)
      if (keys === undefined) keysOf.set(subject, new Set([key]))
      else keys.add(key)
    }
  }

  /** A clock that stepped back makes an answer no younger. Ids of accounts and persons, and hashes, might be equal: each question has its own. */
  function isFresh({ question, askedAt }: Kept, asked: Question, now: Date): boolean {
    const age = now.getTime() - askedAt
    return question === asked && age >= 0 && age < ttlMs
  }

  async function lookUp<Answer>(
    question: Question,
    key: string,
    askedAt: number,
    ask: (key: string) => Promise<Answer | null>,
  ): Promise<Answer | null> {
    const lookUpUnderWay = record.begin()
    try {
      const answer = await ask(key)
      if (answer === null || !isOpen) return answer
      const subjects = subjectsOf(question, key, answer)
      const isCurrent = lookUpUnderWay.isUntouched(subjects) && !unsettled.hasAny(subjects, askedAt)
      if (isCurrent) keep(key, { question, answer: frozen(answer), askedAt, subjects })
      return answer
    } finally {
      lookUpUnderWay.end()
    }
  }

  const cached =
    <Answer>(question: Question, ask: (key: string) => Promise<Answer | null>) =>
    (key: string, now: Date): Answer | null | Promise<Answer | null> => {
      if (!isOpen) return ask(key)
      const known = kept.get(key)
      if (known !== undefined && isFresh(known, question, now)) return known.answer as Answer
      return lookUp(question, key, now.getTime(), ask)
    }

  function dropAll(): void {
    record.noteEverything()
    kept.clear()
  }

  function drop(change: AccessChange): void {
    if (change.of === 'everything') {
      dropAll()
      if (change.isPending) unsettled.noteEverything(clock().getTime())
    } else {
      const subject = subjectName(change.of, change.id)
      dropSubject(subject)
      if (change.isPending) unsettled.note(subject, clock().getTime())
    }
  }

  function dropSubject(subject: string): void {
    record.note(subject)
    for (const key of [...(keysOf.get(subject) ?? [])]) kept.delete(key)
  }

  return {
    access: {
      findAccountAccess: cached('findAccountAccess', (id) => access.findAccountAccess(id)),
      findUserAccess: cached('findUserAccess', (id) => access.findUserAccess(id)),
      findSessionAccess: cached('findSessionAccess', (hash) => access.findSessionAccess(hash)),
      findApiKeyAccess: cached('findApiKeyAccess', (hash) => access.findApiKeyAccess(hash)),
    },
    drop: (changes) => changes.forEach(drop),
    setOpen(toOpen) {
      isOpen = toOpen
      dropAll()
    },
  }
}

const subjectName = (of: 'account' | 'user' | 'session', id: string): string => `${of}:${id}`

/** Of whom an answer tells: when one of them changes, it is old. */
function subjectsOf(question: Question, key: string, answer: unknown): readonly string[] {
  const { access, account, user, owner } = answer as {
    access?: AccountAccess | null
    account?: { id: string }
    user?: { id: string }
    owner?: { id: string } | null
  }
  const accountId = account?.id ?? access?.account.id
  const userId = user?.id ?? owner?.id
  return [
    ...(accountId === undefined ? [] : [subjectName('account', accountId)]),
    ...(userId === undefined ? [] : [subjectName('user', userId)]),
    ...(question === 'findSessionAccess' ? [subjectName('session', key)] : []),
  ]
}
