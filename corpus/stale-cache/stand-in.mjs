import { standIn } from 'corpus-kit/stand-in'

export const names = new Map()

export const catalog = await standIn('CATALOG_URL', {
  'PUT /products/:id': ({ params, body }) => {
    names.set(params.id, body.name)
    return [200, { name: body.name }]
  },
})
