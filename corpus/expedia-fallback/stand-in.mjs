import { standIn } from 'corpus-kit/stand-in'

export const ranked = await standIn('RANKED_URL', {
  'GET /hotels/:id/ranked': () => [200, { reviews: ['lovely', 'quiet'] }],
})

export const dated = await standIn('DATED_URL', {
  'GET /hotels/:id/dated': () => [200, { reviews: ['quiet', 'lovely'] }],
})
