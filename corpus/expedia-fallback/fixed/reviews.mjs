import { ask, ServiceError } from 'corpus-kit/ask'

/** Reviews of a hotel, and how they are ordered. */
export async function reviews(hotel) {
  try {
    return { order: 'ranked', reviews: await list(`${process.env.RANKED_URL}/hotels/${hotel}/ranked`) }
  } catch {
    return { order: 'dated', reviews: await list(`${process.env.DATED_URL}/hotels/${hotel}/dated`) }
  }
}

async function list(url) {
  const { reviews } = await ask('GET', url)
  if (!Array.isArray(reviews)) throw new ServiceError('there are no reviews in the answer')
  return reviews
}
