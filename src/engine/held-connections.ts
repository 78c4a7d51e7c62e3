import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { hold } from './held.ts'

const deep = 60

/** Node's own clients keep connections for whoever asks next. */
const pooled = /\(?node:(?:_?https?|_http_\w+|internal\/http2|internal\/deps\/undici)[/:]/
/** Opens one connection for each socket of its own, by the client of node. */
const webSocket = /[\\/]node_modules[\\/]ws[\\/]/

/** Takes note of a connection that the program opens, until it is closed; not of one that a client of node keeps. */
export function holdConnection(socket: Socket): void {
  const stack = stackOfCaller()
  const own = socket as Socket & { readonly _handle?: { hasRef?(): boolean } | null }
  // The rest of closing is up to the other side. One that is there only as long as something else is, as its `unref` says,
  // is nobody's to close.
  const isOpen = (): boolean =>
    !own.destroyed && !own.writableEnded && !isClosing(own) && own._handle?.hasRef?.() !== false
  hold({ kind: 'connection', stack: () => takersOn(stack()), isOpen, end: () => void socket.destroy() })
}

/** Whether a WebSocket over it has said goodbye. */
function isClosing(socket: Socket): boolean {
  const place = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'websocket')
  const over = place && (socket as unknown as Record<symbol, { readonly readyState?: number } | undefined>)[place]
  return (over?.readyState ?? WebSocket.OPEN) > WebSocket.OPEN
}

/** Takes note of the answer to a request: its connection is not free until it was read to its end, or given up. */
export function holdAnswer(request: ClientRequest): void {
  const own = request as ClientRequest & { readonly res?: IncomingMessage }
  // What flows is read by somebody, and comes to its end.
  const isOpen = (): boolean => !own.destroyed && own.res?.readableEnded !== true && own.res?.readableFlowing !== true
  hold({ kind: 'answer', stack: stackOfCaller(), isOpen, end: () => void request.destroy() })
}

/** Putting a stack into words takes long, and few are asked for. */
function stackOfCaller(): () => string {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = deep
  const made = new Error()
  Error.stackTraceLimit = stackTraceLimit
  return () => made.stack ?? ''
}

function takersOn(stack: string): string {
  if (!webSocket.test(stack)) return pooled.test(stack) ? '' : stack
  return stack
    .split('\n')
    .filter((line) => !webSocket.test(line) && !pooled.test(line))
    .join('\n')
}
