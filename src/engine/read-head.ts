import type { Duplex } from 'node:stream'
import { realClearTimeout, realSetTimeout } from '../core/real-clock.ts'

/** The head of a message, with the empty line that ends it, and how reading it can end otherwise. */
export type HeadResult =
  | { readonly type: 'head'; readonly head: Buffer }
  | { readonly type: 'ended' | 'too large' | 'too slow'; readonly seen: number }

/** Bounds for reading a head. */
export interface HeadLimits {
  /** Default 65 536. */
  readonly maxBytes?: number
  /** Milliseconds until the head must be whole. */
  readonly timeoutMs: number
}

/**
 * Reads up to the first empty line. What came after it is put back, so that the next reader finds it; the stream is
 * left paused and without listeners of ours. Does not reject.
 */
export function readHead(stream: Duplex, { maxBytes = 65_536, timeoutMs }: HeadLimits): Promise<HeadResult> {
  return new Promise((resolve) => {
    let seen: Buffer = Buffer.alloc(0)
    const timer = realSetTimeout(() => finish({ type: 'too slow', seen: seen.length }), timeoutMs)
    const finish = (result: HeadResult): void => {
      realClearTimeout(timer)
      stream.off('readable', read).off('end', ended).off('close', ended).off('error', ended)
      resolve(result)
    }
    const ended = (): void => finish({ type: 'ended', seen: seen.length })
    const read = (): void => {
      const chunk = stream.read() as Buffer | null
      if (chunk === null) return
      const from = Math.max(0, seen.length - 3)
      seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk])
      const end = seen.indexOf('\r\n\r\n', from, 'latin1')
      if (end < 0) {
        if (seen.length > maxBytes) finish({ type: 'too large', seen: seen.length })
        return
      }
      if (end + 4 < seen.length) stream.unshift(seen.subarray(end + 4))
      finish({ type: 'head', head: seen.subarray(0, end + 4) })
    }
    stream.on('readable', read).on('end', ended).on('close', ended).on('error', ended)
    read()
  })
}

/** Waits for the first bytes of a stream and leaves them there. `undefined`: it ended, or nothing came in time. */
export function peek(stream: Duplex, timeoutMs: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const timer = realSetTimeout(() => finish(undefined), timeoutMs)
    const finish = (chunk: Buffer | undefined): void => {
      realClearTimeout(timer)
      stream.off('readable', read).off('end', ended).off('close', ended).off('error', ended)
      if (chunk) stream.unshift(chunk)
      resolve(chunk)
    }
    const ended = (): void => finish(undefined)
    const read = (): void => {
      const chunk = stream.read() as Buffer | null
      if (chunk !== null) finish(chunk)
    }
    stream.on('readable', read).on('end', ended).on('close', ended).on('error', ended)
    read()
  })
}
