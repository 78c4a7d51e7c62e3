import { ask } from 'corpus-kit/ask'

/** The first page of a user. */
export async function homepage(user) {
  const [bookmarks, trending] = await Promise.all([
    ask('GET', `${process.env.BOOKMARKS_URL}/bookmarks/${user}`).catch(() => undefined),
    ask('GET', `${process.env.TRENDING_URL}/trending`),
  ])
  return { resume: bookmarks.items, trending: trending.items }
}
