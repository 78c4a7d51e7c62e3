import { pause } from '../../core/real-clock.ts'

/** What comes of `work`, or `otherwise` where nothing does in so many milliseconds. */
export async function inTime<T>(work: Promise<T>, ms: number, otherwise: T): Promise<T> {
  const over = new AbortController()
  try {
    return await Promise.race([work, pause(ms, over.signal).then(() => otherwise)])
  } finally {
    over.abort()
  }
}
