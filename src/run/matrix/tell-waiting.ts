import { realNow } from '../../core/real-clock.ts'

/** What is waited for. */
export interface Awaited {
  /** Goes on from `waiting for`. */
  readonly what: string
  /** What that waits for itself; empty where it is not known. */
  readonly why: string
}

/** Whom to ask what is waited for, and who is told. */
export interface WaitingOptions {
  /** When it last got on, milliseconds since the epoch. */
  readonly lastSign: () => number
  readonly awaited: () => Awaited
  /** How soon it is said first, milliseconds. */
  readonly firstMs: number
  readonly tell: (line: string) => void
}

/** How much time passes at most until it is said again, milliseconds. */
const mostMs = 60_000
const lookEveryMs = 500

/** Says what is waited for while nothing gets on: soon, and then less and less often. @returns Ends that. */
export function tellWaiting({ lastSign, awaited, firstMs, tell }: WaitingOptions): () => void {
  let since = realNow()
  let gapMs = firstMs
  let due = since + gapMs
  const timer = setInterval(() => {
    const now = realNow()
    const sign = lastSign()
    if (sign > since) {
      since = sign
      gapMs = firstMs
      due = since + gapMs
    }
    if (now < due) return
    const { what, why } = awaited()
    tell(`waiting for ${what}, for ${Math.round((now - since) / 1000)} s by now${why === '' ? '' : `: ${why}`}`)
    gapMs = Math.min(2 * gapMs, mostMs)
    due = now + gapMs
  }, lookEveryMs)
  return () => clearInterval(timer)
}
