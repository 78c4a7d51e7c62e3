import { standIn } from 'corpus-kit/stand-in'

export const asked = { times: 0 }

export const ratings = await standIn('RATINGS_URL', {
  'GET /ratings/:film': () => {
    asked.times++
    return [200, { stars: 4 }]
  },
})
