/**
 * What becomes of one message on its way to or from a broker. The ids that both sides count by stay consistent, as far
 * as the protocol has any.
 * - `duplicate`: it arrives twice.
 * - `drop`: it does not arrive, and its sender does not hear of it.
 * - `reorder`: it arrives after the next message of the same kind, or `ms` milliseconds later when none comes.
 * - `poison`: it arrives with another body, one that nobody can read.
 * - `rewrite`: it arrives with what is made of its body; `missed` is called when nothing is.
 * - `redeliver`: that it was dealt with does not become known, and it is delivered once more.
 * - `block`: the broker says that it takes nothing, and goes on `ms` milliseconds later.
 *
 * Where there is a time, it is over when `released` is aborted. A protocol that has no such thing passes the message on.
 */
export type MessageDisturbance =
  | { readonly do: 'duplicate' }
  | { readonly do: 'drop' }
  | { readonly do: 'reorder'; readonly ms: number; readonly released?: AbortSignal }
  | { readonly do: 'poison'; readonly body: Uint8Array }
  | {
      readonly do: 'rewrite'
      readonly to: (body: Uint8Array, operation?: string) => Uint8Array | undefined
      readonly missed?: () => void
    }
  | { readonly do: 'redeliver' }
  | { readonly do: 'block'; readonly ms: number; readonly reason: string; readonly released?: AbortSignal }
