import type { FailureReply } from './failures.ts'
import type { BodyShape, HeadReply } from './hop-by-hop.ts'
import type { HeaderList, HttpReply } from './message.ts'

/** Writes the steps of one answer to one wire. */
export interface ReplyWriter {
  readonly hasHead: boolean
  informational(status: number, headers: HeaderList): void
  head(reply: HeadReply, body: BodyShape): void
  /** @returns Whether more may be written at once; otherwise wait for `drained`. */
  data(bytes: Uint8Array): boolean
  /** Resolves when there is room, or when the client has gone. */
  drained(): Promise<void>
  frame(reply: Extract<HttpReply, { type: 'frame' }>): boolean
  trailers(headers: HeaderList): void
  /** Ends a complete answer; `last` is its last data. */
  end(last?: Uint8Array): void
  fail(reply: FailureReply): void
  /** Takes the connection down; nothing more can be said on it. */
  destroy(error?: Error): void
  /** Calls `gone` when the client leaves before the end. */
  onGone(gone: () => void): void
}
