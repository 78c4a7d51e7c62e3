/** A cache that is slower than what it stands before is of no use. */
export function soon(answer) {
  const { promise, reject } = Promise.withResolvers()
  const timer = setTimeout(() => reject(new Error('the cache does not answer')), 200)
  return Promise.race([answer, promise]).finally(() => clearTimeout(timer))
}
