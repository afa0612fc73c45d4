import { z } from 'zod'
import type { Actor } from '../../domain/actor.js'
import type { User } from '../../domain/user.js'
import { TenantryError } from '../../errors.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import { recordAct } from '../audit/record-act.js'
import { requireOperator } from '../authority.js'
import type { Context } from '../context.js'
import { parseInput } from '../parse-input.js'
import { addUser, personFields } from './new-user.js'
import { requireGoodPassword } from './password-input.js'

const Input = z.strictObject({
  ...personFields,
  password: z.string(),
  /** Makes a person an administrator who is already known as a customer; they keep their password. */
  promote: z.boolean().default(false),
})

/** What `createAdmin` takes. */
export type CreateAdminInput = z.input<typeof Input>
/** What `createAdmin` answers. */
export interface CreateAdminResult {
  readonly user: User
  /** `false` when the person was an administrator already; nothing was changed then, the password neither. */
  readonly created: boolean
}

/**
 * Makes an administrator of the platform, who may confirm payments and suspend accounts. Safe to run at every start.
 *
 * A customer with the same address is not promoted unless `promote` says so: whoever registers an administrator's address first must not
 * become one.
 *
 * @throws TenantryError `forbidden` unless the actor is an administrator or the system; `email_taken`; `invalid_input`
 */
export async function createAdmin(context: Context, input: CreateAdminInput, actor: Actor): Promise<CreateAdminResult> {
  const { email, firstName, lastName, password, promote } = parseInput(Input, input)
  const operator = requireOperator(actor, 'make administrators')
  requireGoodPassword(context, password, email, 'password')
  const passwordHash = await context.passwords.hash(password)
  const at = context.clock()
  return context.store.transaction(async (tx) => {
    const known = await tx.findUserByEmail(email)
    if (known?.user.platformRole === 'admin') return { user: known.user, created: false }
    if (known !== null && !promote) throw new TenantryError('email_taken', { email }, { message: alreadyCustomer })
    const user: User = { id: context.newId(), email, firstName, lastName, createdAt: at, ...known?.user, platformRole: 'admin' }
    await (known === null ? addUser(tx, user, passwordHash, null) : promoteUser(tx, user.id, at))
    const before = { platformRole: null }
    await recordAct(context, tx, {
      action: 'createAdmin',
      accountId: null,
      actor: operator,
      before,
      after: { userId: user.id, platformRole: 'admin' },
      at,
    })
    return { user, created: true }
  })
}

const alreadyCustomer = 'A customer has this e-mail address. Make them an administrator with promote (--promote), or use another address.'

/** A person who becomes an administrator has to sign in anew. */
async function promoteUser(tx: StoreTransaction, userId: string, at: Date): Promise<void> {
  await tx.setPlatformRole({ userId, platformRole: 'admin', at })
  await tx.revokeSessions({ userId, keepTokenHash: null, at })
}
