import { ask, pause } from 'corpus-kit/ask'

/** How many pieces there are of a product. */
export async function pieces(product) {
  for (;;) {
    try {
      return (await ask('GET', `${process.env.STOCK_URL}/stock/${product}`)).pieces
    } catch {
      await pause(10)
    }
  }
}
