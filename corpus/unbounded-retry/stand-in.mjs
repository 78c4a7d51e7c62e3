import { standIn } from 'corpus-kit/stand-in'

export const stock = await standIn('STOCK_URL', {
  'GET /stock/:id': () => [200, { pieces: 3 }],
})
