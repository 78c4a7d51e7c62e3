import { ask } from 'corpus-kit/ask'

/** Counts a view. @returns how many there are */
export async function watched(film) {
  const count = (timeoutMs) => ask('POST', `${process.env.HISTORY_URL}/views`, { body: { film }, timeoutMs })
  const { views } = await count(300).catch((error) => {
    if (error.status !== 0) throw error
    return count(1000)
  })
  return views
}
