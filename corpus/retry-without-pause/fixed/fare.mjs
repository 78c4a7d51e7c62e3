import { ask, retry } from 'corpus-kit/ask'

/** What a ride costs, cents. @throws ServiceError after a few attempts */
export async function fare(line) {
  const again = { attempts: 5, firstMs: 10 }
  const { cents } = await retry(() => ask('GET', `${process.env.FARES_URL}/fares/${line}`), again)
  return cents
}
