import { standIn } from 'corpus-kit/stand-in'

export const catalog = await standIn('CATALOG_URL', {
  'GET /products/:id': () => [200, { name: 'Mortar' }],
})
