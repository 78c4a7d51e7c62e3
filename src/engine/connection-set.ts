import type { Duplex } from 'node:stream'

/** Connections that are open now, so that whoever opened them can say when all are gone. */
export interface ConnectionSet {
  readonly size: number
  /** Remembers a connection until it closes. One added after `destroyAll` is destroyed at once. */
  add(connection: Duplex): void
  /** Destroys every connection and resolves when all have closed. */
  destroyAll(): Promise<void>
}

/** Makes an empty set. Errors of its members are swallowed here; whoever reads from them sees them as well. */
export function createConnectionSet(): ConnectionSet {
  const open = new Set<Duplex>()
  let closed = false
  let allGone: (() => void) | undefined
  return {
    get size() {
      return open.size
    },
    add(connection) {
      // A reset by the other side is an everyday event, and without a listener it would end the process.
      connection.on('error', ignore)
      open.add(connection)
      connection.once('close', () => {
        open.delete(connection)
        if (open.size === 0) allGone?.()
      })
      if (closed) connection.destroy()
    },
    destroyAll() {
      closed = true
      const { promise, resolve } = Promise.withResolvers<void>()
      allGone = resolve
      if (open.size === 0) resolve()
      for (const connection of open) connection.destroy()
      return promise
    },
  }
}

function ignore(): void {}
