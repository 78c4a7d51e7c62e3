import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type Snapshot, writesAs } from './memory-socket.ts'

const created = 'undici:request:create'
const sending = 'undici:client:sendHeaders'

/**
 * Learns whose requests undici writes. It writes a request that had to wait for a connection from whatever made room
 * for it, often the answer to another test; but it says when a request is made, and when it is about to be written.
 *
 * @returns Stops listening.
 */
export function followUndici(snapshot: Snapshot): () => void {
  const askers = new WeakMap<object, ReturnType<Snapshot>>()
  const onCreated = (message: unknown): void => {
    askers.set((message as { request: object }).request, snapshot())
  }
  const onSending = (message: unknown): void => {
    const { request, socket } = message as { request: object; socket: object }
    const asker = askers.get(request)
    if (asker) writesAs(socket, asker)
  }
  subscribe(created, onCreated)
  subscribe(sending, onSending)
  return () => {
    unsubscribe(created, onCreated)
    unsubscribe(sending, onSending)
  }
}
