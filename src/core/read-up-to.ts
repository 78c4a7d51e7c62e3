import type { Duplex } from 'node:stream'

const most = 1 << 20

/**
 * Reads as many bytes as `end` says, and not one more; while that is 0, more must come.
 *
 * @throws Error when the connection ends before, or after 1 MiB
 */
export function readUpTo(from: Duplex, end: (bytes: Buffer) => number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let seen: Buffer = Buffer.alloc(0)
    const done = (settle: () => void): void => {
      from.off('readable', read).off('end', ended).off('close', ended)
      settle()
    }
    const read = (): void => {
      for (let chunk = from.read() as Buffer | null; chunk; chunk = from.read() as Buffer | null) {
        seen = Buffer.concat([seen, chunk])
        const at = end(seen)
        if (at === 0 && seen.length > most) return done(() => reject(new Error('what came has no end')))
        if (at === 0) continue
        if (at < seen.length) from.unshift(seen.subarray(at))
        return done(() => resolve(seen.subarray(0, at)))
      }
    }
    const ended = (): void => done(() => reject(new Error('the connection ended too early')))
    from.on('readable', read).on('end', ended).on('close', ended)
    if (from.destroyed || from.readableEnded) ended()
    else read()
  })
}

/** Waits for the first bytes of a connection and leaves them there. @throws Error when it ends before */
export function firstBytes(of: Duplex): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void): void => {
      of.off('readable', look).off('end', ended).off('close', ended)
      settle()
    }
    const look = (): void => {
      const first = of.read() as Buffer | null
      if (!first) return
      // At once: when the stream has ended, nothing can be put back any more.
      of.unshift(first)
      done(() => resolve(first))
    }
    const ended = (): void => done(() => reject(new Error('the connection ended too early')))
    of.on('readable', look).on('end', ended).on('close', ended)
    if (of.destroyed || of.readableEnded) ended()
    else look()
  })
}
