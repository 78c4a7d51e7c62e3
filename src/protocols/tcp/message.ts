import type { Question } from '../../core/protocol.ts'

/** A connection that a client opened. What it sends comes as `incoming`; either side may speak first. */
export interface TcpQuestion extends Question<TcpReply> {
  /** Where to: `tcp://mail.example.com:25`. */
  readonly origin: string
}

/** How a connection can fail instead of ending. */
export type TcpFailure = 'unresolved' | 'refused' | 'tls' | 'reset' | 'timeout'

/** What one side sent, in the chunks in which it arrived. After `end` that side sends nothing more. */
export type TcpReply =
  | { readonly type: 'data'; readonly bytes: Uint8Array }
  | { readonly type: 'end' }
  | { readonly type: 'failure'; readonly failure: TcpFailure; readonly message: string }
