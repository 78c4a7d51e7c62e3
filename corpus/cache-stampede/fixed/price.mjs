import { ask } from 'corpus-kit/ask'

/** Prices that are being worked out, by product. */
const loading = new Map()

/** What a product costs, from the cache where it is there. */
export async function price(cache, id) {
  const known = await soon(cache.get(`price:${id}`)).catch(() => null)
  return known === null ? loadOnce(cache, id) : Number(known)
}

/** Whoever asks while it is worked out waits for the same. */
function loadOnce(cache, id) {
  const under = loading.get(id) ?? load(cache, id).finally(() => loading.delete(id))
  loading.set(id, under)
  return under
}

async function load(cache, id) {
  const { cents } = await ask('GET', `${process.env.PRICES_URL}/prices/${id}`)
  await soon(cache.set(`price:${id}`, String(cents))).catch(() => {})
  return cents
}

/** A cache that is slower than what it stands before is of no use. */
function soon(answer) {
  const { promise, reject } = Promise.withResolvers()
  const timer = setTimeout(() => reject(new Error('the cache does not answer')), 200)
  return Promise.race([answer, promise]).finally(() => clearTimeout(timer))
}
