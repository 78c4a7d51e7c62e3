import type { Ask } from '../../matrix/observation.ts'
import { watchBody } from '../../protocols/http/body-use.ts'

/** Answers of which it is watched whether the program reads them. */
export interface WatchedBodies {
  /** @param question - As it is asked, and not answered yet. */
  watch(ask: Ask, question: object): void
  /** Adds to questions what is known by now of their answers. */
  tell(asks: readonly Ask[]): readonly Ask[]
}

/** Watches whether the bodies of answers are read, where the program asks by `fetch` in this process. */
export function watchBodies(): WatchedBodies {
  const unread = new Map<Ask, () => boolean>()
  return {
    watch(ask, question) {
      unread.set(ask, watchBody(question))
    },
    tell: (asks) => asks.map((ask) => (unread.get(ask)?.() ? { ...ask, unread: true } : ask)),
  }
}
