/** A number that the cache knows; `undefined` when it does not, or does not answer. */
export async function known(cache, key) {
  const text = await soon(cache.get(key)).catch(() => null)
  return /^\d+$/.test(text ?? '') ? Number(text) : undefined
}

/** Lets the cache know a number for a minute, where it can. */
export async function keep(cache, key, number) {
  await soon(cache.set(key, String(number), { EX: 60 })).catch(() => {})
}

/** A cache that is slower than what it stands before is of no use. */
function soon(answer) {
  const { promise, reject } = Promise.withResolvers()
  const timer = setTimeout(() => reject(new Error('the cache does not answer')), 200)
  return Promise.race([answer, promise]).finally(() => clearTimeout(timer))
}
