import type { Duplex } from 'node:stream'

/** Reads `size` bytes and not one more, or `undefined` when the connection ends before. */
export function readExactly(from: Duplex, size: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const done = (bytes: Buffer | undefined): void => {
      from.off('readable', read).off('end', ended).off('close', ended).off('error', ended)
      resolve(bytes)
    }
    const read = (): void => {
      const bytes = from.read(size) as Buffer | null
      // At the end of the stream, what is left is given although it is less.
      if (bytes) done(bytes.length === size ? bytes : undefined)
      else if (from.readableEnded || from.destroyed) done(undefined)
    }
    const ended = (): void => done(undefined)
    // One listener for all attempts: each new one is told at once of bytes that are too few, again and again.
    from.on('readable', read).on('end', ended).on('close', ended).on('error', ended)
    read()
  })
}
