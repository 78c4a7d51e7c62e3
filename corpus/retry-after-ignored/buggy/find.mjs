import { ask, pause } from 'corpus-kit/ask'

/** What there is about something. */
export async function find(words) {
  const url = `${process.env.SEARCH_URL}/search?q=${encodeURIComponent(words)}`
  for (let tried = 1; ; tried++) {
    try {
      return (await ask('GET', url)).hits
    } catch (error) {
      if (!error.passing || tried === 3) throw error
      await pause(5 * tried)
    }
  }
}
