import { ask, retry } from 'corpus-kit/ask'

/** How many pieces there are of a product. @throws ServiceError after a few attempts */
export async function pieces(product) {
  const { pieces } = await retry(() => ask('GET', `${process.env.STOCK_URL}/stock/${product}`))
  return pieces
}
