import { formatMoney, type Money } from 'tenantry'
import { type Html, html } from './html.js'

/** `12,345` */
export const count = (number: number): string => number.toLocaleString('en')

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** `2,000`, `1.5M`: for an axis, whose numbers are round. */
export const brief = (number: number): string => (Math.abs(number) < 100_000 ? count(number) : compact.format(number)).replace('-', '−')

/** `+2,000`, `−10`: with a sign that is a minus and not a hyphen. */
export const signed = (number: number): string => `${number < 0 ? '−' : '+'}${count(Math.abs(number))}`

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
const minute = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: 'UTC' })

/** A day, for people and for machines. */
export const date = (moment: Date): Html => html`<time datetime="${moment.toISOString()}">${day.format(moment)}</time>`

/** A moment to the minute, in UTC. */
export const moment = (at: Date): Html => html`<time datetime="${at.toISOString()}">${minute.format(at)} UTC</time>`

/** `24 Nov` of `2025-11-24` */
export const shortDay = (isoDay: string): string => day.format(new Date(`${isoDay}T00:00:00Z`)).slice(0, -5)

/** `24 Nov, 09:05`, in UTC. */
export const shortMoment = (at: Date): string => minute.format(at)

/** `29.99 USD` */
export const money = (amount: Money): string => `${formatMoney(amount)} ${amount.currency}`

/** `1 month`, `3 months` */
export const months = (number: number): string => (number === 1 ? '1 month' : `${number} months`)

const dayLength = 86_400_000

/** `0 days`, `1 day`, `12 days`: the whole days from one moment to a later one. */
export function daysBetween(from: Date, to: Date): string {
  const days = Math.max(0, Math.floor((to.getTime() - from.getTime()) / dayLength))
  return days === 1 ? '1 day' : `${count(days)} days`
}

const words: Readonly<Record<string, string>> = {
  trial: 'Free trial',
  active: 'Active',
  pending_payment: 'Waiting for payment',
  suspended: 'Suspended',
  cancelled: 'Cancelled',
}

/** The status of an account in words. */
export const statusWords = (status: string): string => words[status] ?? status

const paymentWords: Readonly<Record<string, string>> = {
  requested: 'Waiting for your transfer',
  submitted: 'Being checked',
  confirmed: 'Paid',
  rejected: 'Rejected',
  refunded: 'Given back',
}

/** The status of a payment in words, for the customer. */
export const paymentStatusWords = (status: string): string => paymentWords[status] ?? status
