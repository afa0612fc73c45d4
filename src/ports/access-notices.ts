/** Something that the gate reads and that has changed. Its id is that of the account or person, or the hash of the session's token. */
export type AccessChange = ({ readonly of: 'account' | 'user' | 'session'; readonly id: string } | { readonly of: 'everything' }) & {
  /** Was it made in a transaction of the host, which commits later? Until a minute is over, what is looked up may be the old state. */
  readonly isPending?: boolean
}

/** Who wants to hear of changes. */
export interface AccessListener {
  /** Called for each change; a change that is its own process's may be told too, and one may be told twice. */
  onChange(change: AccessChange): void
  /**
   * Do changes arrive? They do not before the first `true`, nor from a `false` on until the next `true`. Called when that changes, and with
   * `false` also when they could not be heard at the start. `reason` is a code that says why they do not, never a message: that of the driver's
   * error where it has one, `no_answer`, `lost` or `failed`; `closed` where it was the host that closed them.
   */
  onHearing(isHearing: boolean, reason?: string): void
}

/**
 * Tells the gate caches of all processes what has changed, once it has been committed or as pending. It need not arrive: whoever loses the
 * connection says that it hears nothing, and then nothing is answered from the cache.
 */
export interface AccessNotices {
  /** From now on the listener is told. */
  listen(listener: AccessListener): void
  /** Tells the other processes what this one has changed; left out where the database does that for every writer. */
  readonly publish?: ((changes: readonly AccessChange[]) => Promise<void>) | undefined
  /** Hears no more, for good. For the host, when it shuts down. */
  close(): Promise<void>
}
