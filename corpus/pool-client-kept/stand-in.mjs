import { standIn } from 'corpus-kit/stand-in'

export const shipping = await standIn('SHIPPING_URL', {
  'GET /rates/:city': ({ query }) => [200, { cents: Math.ceil(query.grams / 500) * 190 }],
})
