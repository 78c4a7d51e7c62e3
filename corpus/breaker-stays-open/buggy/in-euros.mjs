import { ask, retry } from 'corpus-kit/ask'

const most = 3
let failed = 0

/** What an amount is worth. @throws Error without asking, when the service has failed three times in a row */
export async function inEuros(amount, currency) {
  const { rate } = await retry(() => guarded(() => ask('GET', `${process.env.RATES_URL}/rates/${currency}`)))
  return amount * rate
}

async function guarded(work) {
  if (failed >= most) throw new Error('the rates are not asked any more')
  try {
    const answer = await work()
    failed = 0
    return answer
  } catch (error) {
    if (error.passing) failed++
    throw error
  }
}
