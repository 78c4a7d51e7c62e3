/** A cache that does not answer is waited for no longer than this. */
export function soon(answer) {
  const { promise, reject } = Promise.withResolvers()
  const timer = setTimeout(() => reject(new Error('the cache does not answer')), 200)
  return Promise.race([answer, promise]).finally(() => clearTimeout(timer))
}
