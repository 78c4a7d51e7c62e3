import { ask, retry } from 'corpus-kit/ask'

/** How many stars a film has; `undefined` when nobody knows. */
export async function stars(film) {
  try {
    const rating = await retry(() => ask('GET', `${process.env.RATINGS_URL}/ratings/${film}`), { attempts: 2 })
    return rating.stars
  } catch {
    return undefined
  }
}
