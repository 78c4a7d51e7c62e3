import { standIn } from 'corpus-kit/stand-in'

export const fares = await standIn('FARES_URL', {
  'GET /fares/:line': () => [200, { cents: 290 }],
})
