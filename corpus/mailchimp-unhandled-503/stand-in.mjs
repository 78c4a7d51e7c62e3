import { standIn } from 'corpus-kit/stand-in'

export const links = await standIn('LINKS_URL', {
  'GET /links/:name': ({ params }) => [200, { url: `https://long.example/${params.name}` }],
})

export const visits = []

export const counters = await standIn('COUNTERS_URL', {
  'POST /visits': ({ body }) => {
    visits.push(body.name)
    return [201, { count: visits.length }]
  },
})
