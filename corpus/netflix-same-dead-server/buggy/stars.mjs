import { ask } from 'corpus-kit/ask'

/** How many stars a film has. */
export async function stars(film) {
  try {
    const rating = await ask('GET', `${process.env.RATINGS_URL}/ratings/${film}`)
    return rating.stars
  } catch {
    // Another server will know.
    return stars(film)
  }
}
