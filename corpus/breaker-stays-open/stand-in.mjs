import { standIn } from 'corpus-kit/stand-in'

export const rates = await standIn('RATES_URL', {
  'GET /rates/:currency': ({ params }) => [200, { currency: params.currency, rate: 1.25 }],
})
