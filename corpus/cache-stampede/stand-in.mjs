import { standIn } from 'corpus-kit/stand-in'
import { pause } from 'corpus-kit/ask'

/** How often a price was worked out. */
export const worked = { out: 0 }

await standIn('PRICES_URL', {
  'GET /prices/:id': async ({ params }) => {
    worked.out++
    await pause(20)
    return [200, { id: params.id, cents: 500 }]
  },
})
