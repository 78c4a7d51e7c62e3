import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/**
 * Joins two connections: bytes go both ways untouched and no faster than the reader takes them, an end ends the other
 * side's direction only, and a reset resets. Resolves when both have closed.
 */
export async function joinConnections(one: Duplex, other: Duplex): Promise<void> {
  await Promise.all([forward(one, other), forward(other, one)])
}

function forward(from: Duplex, to: Duplex): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let failed = false
  from.once('error', () => {
    failed = true
  })
  const closed = (): void => {
    if (failed) reset(to)
    // Closed in good order: what it sent may still be on its way out on the other side.
    else if (!from.readableEnded) to.destroy()
    resolve()
  }
  if (from.closed) closed()
  else from.once('close', closed)
  from.pipe(to)
  return promise
}

function reset(connection: Duplex): void {
  if ('resetAndDestroy' in connection) (connection as Socket).resetAndDestroy()
  else connection.destroy()
}
