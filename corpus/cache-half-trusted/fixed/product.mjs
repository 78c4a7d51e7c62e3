import { ask, ServiceError } from 'corpus-kit/ask'

/** A product as it is shown, from the cache where it is there. */
export async function product(cache, id) {
  const known = await soon(cache.get(`product:${id}`)).catch(() => null)
  const { name, cents } = read(known) ?? (await load(cache, id))
  return `${name}, ${(cents / 100).toFixed(2)}`
}

/** What is not a product is as good as nothing. */
function read(text) {
  try {
    const value = JSON.parse(text)
    return typeof value?.name === 'string' && Number.isInteger(value.cents) ? value : undefined
  } catch {
    return undefined
  }
}

async function load(cache, id) {
  const found = await ask('GET', `${process.env.CATALOG_URL}/products/${id}`)
  if (!Number.isInteger(found.cents)) throw new ServiceError(`product ${id} has no price`)
  await soon(cache.set(`product:${id}`, JSON.stringify(found))).catch(() => {})
  return found
}

/** A cache that is slower than what it stands before is of no use. */
function soon(answer) {
  const { promise, reject } = Promise.withResolvers()
  const timer = setTimeout(() => reject(new Error('the cache does not answer')), 200)
  return Promise.race([answer, promise]).finally(() => clearTimeout(timer))
}
