import { standIn } from 'corpus-kit/stand-in'

export const views = []

export const history = await standIn('HISTORY_URL', {
  'POST /views': ({ body }) => {
    views.push(body.film)
    return [201, { views: views.length }]
  },
  'PUT /views/:id': ({ body, params }) => {
    if (!views.includes(`${body.film} ${params.id}`)) views.push(`${body.film} ${params.id}`)
    return [200, { views: views.length }]
  },
})
