import { ask } from 'corpus-kit/ask'
import { soon } from './soon.mjs'

/** Gives a product another name. @returns its name */
export async function rename(cache, id, name) {
  const product = await ask('PUT', `${process.env.CATALOG_URL}/products/${id}`, { body: { name } })
  await soon(cache.del(`product:${id}`)).catch(() => {})
  return product.name
}
