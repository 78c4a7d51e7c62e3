import type { HttpQuestion, HttpReply } from '../message.ts'
import { collect, type HttpFault, type HttpFaultMatch } from './http-fault.ts'
import { type Cursor, emptied, findCursor } from './page-cursor.ts'
import { jsonOf } from './change-json.ts'

/**
 * What comes behind the last page of a list, though nothing should.
 * - `empty`: one page with nothing on it.
 * - `endless`: such pages without end, each at an address of its own.
 * - `last again`: what was on the last page, once more.
 */
export type MorePages = 'empty' | 'endless' | 'last again'

/** A list goes on behind its last page. It has to have two pages, so that it is seen how one leads to the next. */
export function morePages(kind: MorePages, match: HttpFaultMatch = {}): HttpFault {
  let before: { readonly url: string; readonly replies: readonly HttpReply[] } | undefined
  let cursor: Cursor | undefined
  const made = new Map<string, readonly HttpReply[]>()

  /** The page with a way to one more. */
  function leadOn(url: string, replies: readonly HttpReply[]): readonly HttpReply[] {
    const next = cursor?.after(url, made.size + 1)
    const leading = next && cursor?.lead(replies, next)
    if (!next || !leading) return replies
    made.set(keyOf(next.url), kind === 'last again' ? replies : emptied(replies))
    return leading
  }

  async function page(question: HttpQuestion, answer: AsyncIterable<HttpReply>): Promise<readonly HttpReply[]> {
    const replies = await collect(answer)
    if (before && !cursor) cursor = findCursor(before.url, before.replies, question.url)
    before = { url: question.url, replies }
    const isLast = cursor && jsonOf(replies) && !cursor.leadsOn(replies)
    return isLast ? leadOn(question.url, replies) : replies
  }

  return {
    name: kind === 'empty' ? 'empty page' : kind === 'endless' ? 'endless pages' : 'last page again',
    match: { times: Number.POSITIVE_INFINITY, ...match },
    reaches: true,
    before: (peer, disarmed) =>
      async function* (question, signal) {
        if (disarmed.aborted) return yield* peer(question, signal)
        const known = made.get(keyOf(question.url))
        if (!known) return yield* await page(question, peer(question, signal))
        yield* kind === 'endless' ? leadOn(question.url, known) : known
      },
  }
}

/** Clients write the same address in different ways. */
function keyOf(url: string): string {
  const { origin, pathname, searchParams } = new URL(url)
  searchParams.sort()
  return `${origin}${pathname}?${searchParams}`
}
