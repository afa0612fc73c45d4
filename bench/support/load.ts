import { quantile } from './figures.js'

/** What a run of one contender came to. Latencies in milliseconds. */
export interface Measured {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
}

/** Keeps `inFlight` calls under way for so many seconds. */
export async function closedLoop(call: () => Promise<unknown>, inFlight: number, seconds: number): Promise<Measured> {
  const latencies: number[] = []
  const start = performance.now()
  const end = start + seconds * 1000
  const caller = async (): Promise<void> => {
    for (let sent = performance.now(); sent < end; ) {
      await call()
      const answered = performance.now()
      latencies.push(answered - sent)
      sent = answered
    }
  }
  await Promise.all(Array.from({ length: inFlight }, caller))
  return measured(latencies, (performance.now() - start) / 1000)
}

/** What these latencies, of calls within so many seconds, come to. */
export const measured = (latencies: readonly number[], seconds: number): Measured => ({
  perSecond: latencies.length / seconds,
  p50: quantile(latencies, 0.5),
  p99: quantile(latencies, 0.99),
})
