/** The plans of the model, in plain figures. Credits are for each month; the price is in cents. */
export const planFigures = {
  basic: { price: 1000, credits: 900, rollover: 'none' },
  saver: { price: 2000, credits: 700, rollover: 'all' },
  capped: { price: 2000, credits: 800, rollover: { cap: 300 } },
} as const

/** A plan of the model. */
export type PlanName = keyof typeof planFigures

/** Which of the two customers. */
export type Who = 0 | 1

/** A request with all its figures, which can be made again. Moments are milliseconds. */
export type Request =
  | {
      op: 'grant'
      who: Who
      key: string
      amount: number
      type: 'subscription' | 'purchase' | 'promotion'
      priority: number
      ends: number | null
    }
  | { op: 'spend'; who: Who; key: string; amount: number }
  | { op: 'adjust'; who: Who; key: string; amount: number }
  | { op: 'reserve'; who: Who; key: string; amount: number; seconds: number }
  | { op: 'settle'; who: Who; hold: number; actual: number }
  | { op: 'release'; who: Who; hold: number }
  | { op: 'refund'; who: Who; key: string; use: number; amount: number | null }
  | { op: 'confirm'; who: Who; reference: string; plan: PlanName; months: number; cents: number }
  | { op: 'suspend'; who: Who }
  | { op: 'reinstate'; who: Who }

/** What both sides must answer alike. */
export type Answer = Readonly<Record<string, string | number | boolean | null>>

/** A refusal. */
export const refused = (code: string): Answer => ({ refused: code })

/** What can be spent: in all, what is reserved, and each lot as text, in burn order. */
export interface Standing {
  readonly balance: number
  readonly reserved: number
  readonly lots: readonly string[]
}
