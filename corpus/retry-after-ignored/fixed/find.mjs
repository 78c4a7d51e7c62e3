import { ask, retry } from 'corpus-kit/ask'

/** What there is about something. */
export async function find(words) {
  const url = `${process.env.SEARCH_URL}/search?q=${encodeURIComponent(words)}`
  // Waits as long as the service says.
  const { hits } = await retry(() => ask('GET', url))
  return hits
}
