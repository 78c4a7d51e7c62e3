/** The answer to each question that is watched, and its clones. */
const watched = new WeakMap<object, Response[]>()

/** Bodies that were cancelled before anything of them was read. */
const discarded = new WeakSet<object>()

/**
 * Watches what `fetch` answers a question that was not answered yet.
 *
 * @returns Whether it is known that nothing of the body was read by now: `false` too where `fetch` did not answer.
 */
export function watchBody(question: object): () => boolean {
  const responses: Response[] = []
  watched.set(question, responses)
  return () => responses.length > 0 && responses.every(isUnread)
}

/** Takes note of the answer to a question, or of a clone of that, as `fetch` hands it on. */
export function noteResponse(question: object, response: Response): void {
  const responses = watched.get(question)
  if (!responses) return
  responses.push(response)
  noteDiscard(response)
}

function isUnread({ body, bodyUsed }: Response): boolean {
  return body === null || discarded.has(body) || !(bodyUsed || body.locked)
}

/** A body that is cancelled counts as used, as one that is read does. */
function noteDiscard(response: Response): void {
  const { body } = response
  if (!body) return
  const cancel = body.cancel.bind(body)
  const value: typeof cancel = (reason) => {
    if (!response.bodyUsed && !body.locked) discarded.add(body)
    return cancel(reason)
  }
  Object.defineProperty(body, 'cancel', { value, configurable: true, writable: true })
}
