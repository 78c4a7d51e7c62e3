import type { Duplex } from 'node:stream'

/** Reads `size` bytes and not one more, or `undefined` when the connection ends before. */
export async function readExactly(from: Duplex, size: number): Promise<Buffer | undefined> {
  for (;;) {
    const bytes = from.read(size) as Buffer | null
    if (bytes) return bytes.length === size ? bytes : undefined
    if (from.readableEnded || from.destroyed || !(await more(from))) return undefined
  }
}

function more(from: Duplex): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (open: boolean): void => {
      from.off('readable', readable).off('end', ended).off('close', ended).off('error', ended)
      resolve(open)
    }
    const readable = (): void => done(true)
    const ended = (): void => done(false)
    from.on('readable', readable).on('end', ended).on('close', ended).on('error', ended)
  })
}
