import type { Actor } from '../../../domain/actor.js'

/** The actor in two columns, which are both empty or both filled. */
export const toActor = (type: Actor['type'] | null, id: string | null): Actor | null => (type === null || id === null ? null : { type, id })
