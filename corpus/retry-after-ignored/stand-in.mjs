import { standIn } from 'corpus-kit/stand-in'

export const times = []

export const search = await standIn('SEARCH_URL', {
  'GET /search': ({ query }) => {
    times.push(performance.now())
    return [200, { hits: [`about ${query.q}`] }]
  },
})
