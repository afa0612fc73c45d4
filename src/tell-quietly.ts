/**
 * Tells the host or its logger something. What whoever is told throws or rejects with is theirs: it must not be in the way of a request, keep
 * the news from others, or end the process.
 */
export function tellQuietly(tell: () => unknown): void {
  try {
    Promise.resolve(tell()).catch(() => undefined)
  } catch {}
}
