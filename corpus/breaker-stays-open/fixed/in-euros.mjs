import { ask, retry } from 'corpus-kit/ask'

const most = 3
const restMs = 10_000
let failed = 0
let failedAt = 0

/** What an amount is worth. @throws Error without asking, for a while after the service has failed three times in a row */
export async function inEuros(amount, currency) {
  const { rate } = await retry(() => guarded(() => ask('GET', `${process.env.RATES_URL}/rates/${currency}`)))
  return amount * rate
}

async function guarded(work) {
  // After a rest one attempt is let through; it closes the breaker, or opens it anew.
  if (failed >= most && Date.now() - failedAt < restMs) throw new Error('the rates are not asked for a while')
  try {
    const answer = await work()
    failed = 0
    return answer
  } catch (error) {
    if (error.passing) {
      failed++
      failedAt = Date.now()
    }
    throw error
  }
}
