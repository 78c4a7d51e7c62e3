import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { readFrames } from './frame-stream.ts'
import { encodeFrame } from './frames.ts'
import type { HttpQuestion, HttpReply } from './message.ts'
import type { Reception } from './reception.ts'

/** Exchanges frames on a connection that the service has upgraded: its frames are replies, `incoming` goes to it. */
export function speakWebSocket(question: HttpQuestion, connection: Duplex, head: Buffer, reception: Reception): void {
  reception.waitForever()
  reception.stop = () => void connection.destroy()
  reception.resume = readFrames(connection, head, {
    frame: (frame) => void reception.push(frame),
    end: () => reception.finish(),
    fail(error) {
      reception.failWith(error)
      connection.destroy()
    },
    get waiting() {
      return reception.replies.waiting
    },
  })
  if (question.incoming) void send(question.incoming, connection)
}

async function send(incoming: AsyncIterable<HttpReply>, connection: Duplex): Promise<void> {
  try {
    for await (const message of incoming) {
      if (connection.destroyed) return
      if (message.type === 'frame' && !connection.write(encodeFrame(message, true))) await once(connection, 'drain')
    }
    connection.end()
  } catch {
    // The error that ended the connection is part of the answer.
  }
}
