/** What a run of the model must have met, or it has proved nothing about it. */
export const events = [
  'a spend takes from several lots',
  'a spend takes the whole balance',
  'a spend asks for too much',
  'a reservation asks for too much',
  'an adjustment asks for too much',
  'a grant comes too late for its expiry',
  'a lot expires with a remainder',
  'a lot expires while some of it is reserved',
  'several things happen at one instant',
  'an operation comes at the instant of an expiry',
  'an operation comes a millisecond before an expiry',
  'a reservation expires',
  'a reservation takes from several lots',
  'a reservation is settled below its amount',
  'a reservation is settled at its amount',
  'a reservation is settled at nothing',
  'a reservation is settled above its amount',
  'a reservation is released',
  'a reservation is ended again in the same way',
  'a reservation is ended again in another way',
  'reserved credits come back to a lot that has expired',
  'reserved credits come back and roll over',
  'a refund gives back a part',
  'a refund gives back the rest',
  'a refund asks for too much',
  'a refund of what a reservation has used',
  'a refund lasts as long as the plan credits',
  'a refund lasts for ever',
  'a replay answers the first result',
  'a replay comes after the expiry of what it granted',
  'a replay comes while the account is suspended',
  'a key comes with other content',
  'a key of another account is used',
  'a suspended account is refused',
  'an account that is not suspended is reinstated',
  'a trial becomes a paid period and its credits lapse',
  'a renewal comes early',
  'a renewal comes early and its credits wait for their month',
  'a renewal comes late',
  'an upgrade',
  'a downgrade',
  'another plan before the last month',
  'a payment comes again',
  'a payment comes again with other content',
  'a payment comes again for another account',
  'a payment is not the price',
  'the credits of a month arrive by themselves',
  'the credits of several months arrive at once',
  'a month ends on a shorter month’s last day',
  'plan credits roll over',
  'plan credits roll over up to their cap',
] as const

/** One of {@link events}. */
export type ModelEvent = (typeof events)[number]

/** Counts what happens. */
export interface Tally {
  readonly saw: (event: ModelEvent) => void
  readonly missing: () => ModelEvent[]
}

/** An empty tally. */
export function createTally(): Tally {
  const counts = new Map<ModelEvent, number>(events.map((event) => [event, 0]))
  return {
    saw: (event) => void counts.set(event, (counts.get(event) ?? 0) + 1),
    missing: () => events.filter((event) => counts.get(event) === 0),
  }
}
