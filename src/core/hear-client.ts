/** What a message of the client is to one that was recorded. */
export type Fit = 'same' | 'other' | 'contrary'

/**
 * Waits for what the client said while it was recorded, in whatever order it says it now: messages that are handled at
 * the same time are acknowledged as they are done with. A client that says less is waited for.
 *
 * @returns What `Protocol.listen` does.
 */
export function hearClient<R>(
  incoming: AsyncIterable<R> | undefined,
  fit: (asked: R, recorded: R) => Fit,
): (recorded: R) => Promise<{ readonly asked: R | undefined } | undefined> {
  const messages = incoming?.[Symbol.asyncIterator]()
  const heard: R[] = []
  return async (recorded) => {
    for (let at = 0; ; at++) {
      if (at === heard.length) {
        const next = await messages?.next()
        // Nothing more is said, and nothing contrary was.
        if (!next || next.done) return new Promise(() => {})
        heard.push(next.value)
      }
      const asked = heard[at]!
      const how = fit(asked, recorded)
      if (how === 'contrary') return { asked }
      if (how === 'other') continue
      heard.splice(at, 1)
      return undefined
    }
  }
}
