import { standIn } from 'corpus-kit/stand-in'

export const rates = await standIn('RATES_URL', {
  'GET /rates': () => [200, { rates: { usd: 1.08 } }],
})
