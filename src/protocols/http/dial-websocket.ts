import type { Duplex } from 'node:stream'
import type { HttpQuestion } from './message.ts'
import type { Reception } from './reception.ts'

/** Exchanges frames on an upgraded connection. */
export function speakWebSocket(_question: HttpQuestion, socket: Duplex, _head: Buffer, reception: Reception): void {
  socket.destroy()
  reception.finish()
}
