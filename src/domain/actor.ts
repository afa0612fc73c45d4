/**
 * Who does it. The host takes it from its authenticated context, never from a request body:
 * `admin` is somebody of the host's own staff, `user` a person of an account, `api_key` a key
 * of an account, `system` the host's own code.
 */
export interface Actor {
  readonly type: 'user' | 'admin' | 'system' | 'api_key'
  readonly id: string
}

/** May this actor run the platform: give credits, suspend accounts, change plans? */
export const isOperator = (actor: Actor): boolean => actor.type === 'admin' || actor.type === 'system'
