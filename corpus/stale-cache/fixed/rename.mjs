import { ask, pause } from 'corpus-kit/ask'
import { soon } from './soon.mjs'

/** Gives a product another name, and sees to it that the cache forgets the old one. @returns its name */
export async function rename(cache, id, name) {
  const product = await ask('PUT', `${process.env.CATALOG_URL}/products/${id}`, { body: { name } })
  await forget(cache, `product:${id}`)
  return product.name
}

async function forget(cache, key, attempts = 4) {
  try {
    await soon(cache.del(key))
  } catch (error) {
    if (attempts === 1) throw error
    await pause(50)
    await forget(cache, key, attempts - 1)
  }
}
