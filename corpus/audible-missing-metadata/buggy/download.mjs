import { ask } from 'corpus-kit/ask'

/** Everything that a player needs of a book. */
export async function download(book) {
  const audio = await ask('GET', `${process.env.CONTENT_URL}/books/${book}/audio`)
  const response = await fetch(`${process.env.METADATA_URL}/books/${book}/metadata`)
  const { chapters } = await response.json()
  return { url: audio.url, first: chapters[0], chapters: chapters.length }
}
