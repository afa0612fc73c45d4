import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits before the attempt after `attempt` (1, 2, 3 …): a random time that may be twice as long after each failure, at most 10 ms after
 * the first. Callers that collided once should not meet again ("full jitter").
 */
export async function pause(attempt: number): Promise<void> {
  await sleep(Math.random() * 5 * 2 ** attempt)
}
