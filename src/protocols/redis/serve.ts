import type { Duplex } from 'node:stream'
import { anyText } from '../../core/any-value.ts'
import { askNow, type NextReply } from '../../core/ask-now.ts'
import { notKept } from '../../core/not-kept.ts'
import { resetConnection } from '../../core/duplex-lane.ts'
import type { Peer } from '../../core/peer.ts'
import type { Place } from '../../core/protocol.ts'
import { refusalText } from '../../core/refusal-text.ts'
import { encodeResp, errorReply } from './encode.ts'
import { Greeter } from './greeter.ts'
import type { RedisQuestion, RedisReply } from './message.ts'
import type { Resp } from './resp.ts'
import { RespScanner } from './scanner.ts'
import { isSubscribing } from './subscriptions.ts'

let sessions = 0

/**
 * Speaks the server's side without a server, as replay does: asks `peer` for each command at once, and writes the
 * answers in order. What opens a connection, such as HELLO, is answered here, since every client
 * does it in its own way. Does not reject.
 */
export function serveRedis(client: Duplex, peer: Peer<RedisQuestion, RedisReply>, place: Place): Promise<void> {
  const scanner = new RespScanner({ inline: true, keepBytes: Number.POSITIVE_INFINITY })
  const gone = new AbortController()
  const greeter = new Greeter()
  const session = ++sessions
  let turn: Promise<void> = Promise.resolve()
  const stop = (): void => void client.destroy()
  place.signal.addEventListener('abort', stop)
  client.on('error', () => {})

  function asked(value: Resp): void {
    const args = value.type === 'array' ? value.items.flatMap((item) => ('bytes' in item ? [item.bytes] : [])) : []
    if (args.length === 0) return
    const greeted = greeter.answer(args)
    if (greeted) {
      turn = turn.then(() => void client.write(encodeResp(greeted)))
      if (greeter.leaving) turn = turn.then(() => void client.end())
      return
    }
    const question: RedisQuestion = { kind: 'command', session, database: greeter.database, args }
    const answer = askNow(client, peer, question, gone.signal)
    turn = turn.then(() => write(answer, repliesTo(args)))
  }

  async function write(next: NextReply<RedisReply>, replies: number): Promise<void> {
    let left = replies
    try {
      while (left > 0) {
        const { done, value } = await next()
        if (done) return
        if (value.type === 'failure') return resetConnection(client)
        if (value.type !== 'reply' && value.type !== 'push') continue
        if (value.cut) throw notKept('the recorded answer was too large to be kept')
        client.write(encodeResp(value.value))
        if (value.type === 'reply') left--
      }
    } catch (error) {
      if (gone.signal.aborted) return
      client.write(encodeResp(refusal(error as Error)))
      return
    }
    // What a subscription brings comes whenever it does, between the answers to other commands.
    void write(next, Number.POSITIVE_INFINITY)
  }

  client.on('data', (chunk: Buffer) => {
    try {
      for (let scanned = scanner.next(chunk, 0); scanned; scanned = scanner.next(chunk, scanned.end))
        asked(scanned.frame.value)
    } catch (error) {
      client.removeAllListeners('data').resume()
      const message = error instanceof RangeError ? `Protocol error: ${error.message}` : anyText(error)
      turn = turn.then(() => void client.end(errorReply('ERR', message)))
    }
  })
  client.on('end', () => void turn.then(() => client.end()))
  if (place.signal.aborted) stop()
  return new Promise((resolve) => {
    client.once('close', () => {
      place.signal.removeEventListener('abort', stop)
      gone.abort()
      resolve()
    })
  })
}

/** How Redis would say what `error` says. */
export function refusal(error: Error): Resp {
  return { type: 'error', text: refusalText(error).replaceAll(/\s+/g, ' ') }
}

function repliesTo(args: readonly Uint8Array[]): number {
  const command = Buffer.from(args[0]!).toString('latin1').toLowerCase()
  return isSubscribing(command) ? Math.max(1, args.length - 1) : 1
}
