import { standIn } from 'corpus-kit/stand-in'

export const movies = await standIn('MOVIES_URL', {
  'GET /movies/:id': () => [200, { title: 'Metropolis' }],
})
