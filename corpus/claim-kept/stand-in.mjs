import { standIn } from 'corpus-kit/stand-in'

export const render = await standIn('RENDER_URL', {
  'PUT /films/:id': ({ params }) => [200, { file: `${params.id}.mp4` }],
})
