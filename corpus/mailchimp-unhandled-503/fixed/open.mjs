import { ask } from 'corpus-kit/ask'

/** Where a short link leads. */
export async function open(name) {
  const { url } = await ask('GET', `${process.env.LINKS_URL}/links/${name}`)
  const counted = await count(name)
  return counted ? url : `${url}#uncounted`
}

/** Counts a visit. A counter that fails is no reason to send a visitor away, but to say so. */
async function count(name) {
  try {
    await ask('POST', `${process.env.COUNTERS_URL}/visits`, { body: { name } })
    return true
  } catch {
    return false
  }
}
