import { ask, ServiceError } from 'corpus-kit/ask'

/** Everything that a player needs of a book. */
export async function download(book) {
  const audio = await ask('GET', `${process.env.CONTENT_URL}/books/${book}/audio`)
  const { chapters } = await ask('GET', `${process.env.METADATA_URL}/books/${book}/metadata`)
  if (!Array.isArray(chapters)) throw new ServiceError('the metadata has no chapters')
  return { url: audio.url, first: chapters[0], chapters: chapters.length }
}
