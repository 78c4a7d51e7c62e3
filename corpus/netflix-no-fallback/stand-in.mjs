import { standIn } from 'corpus-kit/stand-in'

export const bookmarks = await standIn('BOOKMARKS_URL', {
  'GET /bookmarks/:user': () => [200, { items: ['Nosferatu'] }],
})

export const trending = await standIn('TRENDING_URL', {
  'GET /trending': () => [200, { items: ['Metropolis'] }],
})
