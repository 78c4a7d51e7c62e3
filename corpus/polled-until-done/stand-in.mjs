import { standIn } from 'corpus-kit/stand-in'

const asked = new Map()

export const jobs = await standIn('JOBS_URL', {
  'POST /jobs': ({ headers }) => {
    const id = headers['idempotency-key']
    if (!asked.has(id)) asked.set(id, 0)
    return [202, { id, state: 'queued' }]
  },
  'GET /jobs/:id': ({ params: { id } }) => {
    asked.set(id, asked.get(id) + 1)
    return [200, asked.get(id) < 3 ? { id, state: 'running' } : { id, state: 'done', file: 'out.pdf' }]
  },
})
