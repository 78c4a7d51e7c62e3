import type { Question } from '../../core/protocol.ts'

/** Header lines in order, repeated ones repeated, names in the case they were sent. Values are latin1 text. */
export type HeaderList = readonly (readonly [name: string, value: string])[]

/** `2` is HTTP/2; whatever a door cannot express (a reason phrase in HTTP/2) is left out there, not recorded away. */
export type HttpVersion = '1.0' | '1.1' | '2'

/** One request, its body whole, exactly as sent: content-encoding is not undone. */
export interface HttpQuestion extends Question<HttpReply> {
  readonly method: string
  /** Absolute, as asked: `https://api.github.com/repos/a/b?page=2`. */
  readonly url: string
  readonly version: HttpVersion
  readonly headers: HeaderList
  readonly body: Uint8Array
  readonly trailers: HeaderList
}

/** How an answer can fail instead of ending. */
export type HttpFailure = 'unresolved' | 'refused' | 'tls' | 'reset' | 'timeout' | 'truncated' | 'malformed'

/** One step of an answer, in the order it arrived. A failure is a step like any other, so it is recorded and replayed. */
export type HttpReply =
  | { readonly type: 'informational'; readonly status: number; readonly headers: HeaderList }
  | {
      readonly type: 'head'
      readonly status: number
      readonly reason: string
      readonly version: HttpVersion
      readonly headers: HeaderList
    }
  | { readonly type: 'data'; readonly bytes: Uint8Array }
  | { readonly type: 'trailers'; readonly headers: HeaderList }
  | { readonly type: 'frame'; readonly opcode: number; readonly fin: boolean; readonly bytes: Uint8Array }
  | { readonly type: 'failure'; readonly failure: HttpFailure; readonly message: string }

/** The first value of a header, case ignored. */
export function header(headers: HeaderList, name: string): string | undefined {
  const wanted = name.toLowerCase()
  for (const [key, value] of headers) if (key.length === wanted.length && key.toLowerCase() === wanted) return value
  return undefined
}
