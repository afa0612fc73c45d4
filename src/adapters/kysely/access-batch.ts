import { CompiledQuery } from 'kysely'
import type { AccessOperations } from '../../ports/store/access.js'
import { coalesce, type Late } from '../node/coalescer.js'
import { accessVerbs, readAccountAccess, readApiKeyAccess, readSessionAccess } from './access.js'
import { isFaultOfOne } from './errors.js'
import type { ManyAccesses } from './hot-statements.js'
import { textList } from './lists.js'
import type { JoinedRow } from './selections.js'
import type { Run } from './verbs.js'

/** A longer statement gains nothing more, and whoever is in it waits for all of it. */
const maxBatch = 200

type Coalesced = Pick<AccessOperations, 'findAccountAccess' | 'findSessionAccess' | 'findApiKeyAccess'>

/** The row of one of many keys, with the number of the key. */
interface FoundRow extends JoinedRow {
  readonly n: number
}

/**
 * The questions that every request asks, outside transactions, where those that wait at the same moment travel in one statement. A question
 * joins only a statement that is sent after it was asked, so its answer is as fresh as if it travelled alone.
 */
export function coalescedAccess(run: Run): Coalesced {
  return {
    findAccountAccess: togetherWithOthers(run, 'findAccountAccess', 'account', readAccountAccess),
    findSessionAccess: togetherWithOthers(run, 'findSessionAccess', 'session', readSessionAccess),
    findApiKeyAccess: togetherWithOthers(run, 'findApiKeyAccess', 'apiKey', readApiKeyAccess),
  }
}

function togetherWithOthers<Answer>(
  run: Run,
  operation: keyof Coalesced,
  kind: ManyAccesses,
  read: (joined: JoinedRow) => Answer,
): (key: string) => Promise<Answer | null> {
  const alone = accessVerbs[operation] as (connection: Parameters<Parameters<Run>[1]>[0], key: string) => Promise<Answer | null>
  return coalesce<string, Answer | null>({
    runOne: (key) => run(operation, (connection) => alone(connection, key)),
    runBatch: (keys) => findMany(run, operation, kind, keys, read),
    isFaultOfOne,
    laneOf: () => null,
    maxBatch,
    inParallel: true,
  })
}

/** Each key is looked up once. Whoever asks for the same gets an object of their own, which another's handler cannot change. */
async function findMany<Answer>(
  run: Run,
  operation: string,
  kind: ManyAccesses,
  keys: readonly string[],
  read: (joined: JoinedRow) => Answer,
): Promise<readonly Late<Answer | null>[]> {
  const distinct = [...new Set(keys)]
  const rows = await run(operation, ({ hot, execute }) =>
    execute<FoundRow>(CompiledQuery.raw(hot.manyAccesses[kind], [textList(distinct)])),
  )
  const found = new Map(rows.map((row) => [distinct[row.n - 1], row]))
  return keys.map((key) => {
    const row = found.get(key)
    return row === undefined ? null : readAlone(row, read)
  })
}

/** A row that cannot be read is the fault of whoever asked for it, and not of those whose questions travelled along. */
function readAlone<Answer>(row: FoundRow, read: (joined: JoinedRow) => Answer): Late<Answer> {
  try {
    return read(row)
  } catch (error) {
    return Promise.reject(error)
  }
}
