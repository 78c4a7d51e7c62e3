/** What a promise gives, unless that takes too long. */
export function within(ms, promise) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('the cache does not answer')), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
