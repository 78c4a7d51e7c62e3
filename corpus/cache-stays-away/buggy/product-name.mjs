import { ask } from 'corpus-kit/ask'

/** The name of a product, from the cache where it is there. */
export async function productName(cache, id) {
  const known = await cache.get(`product:${id}`).catch(() => null)
  if (known !== null) return known
  const { name } = await ask('GET', `${process.env.CATALOG_URL}/products/${id}`)
  await cache.set(`product:${id}`, name).catch(() => {})
  return name
}
