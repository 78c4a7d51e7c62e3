import { standIn } from 'corpus-kit/stand-in'

export const leased = new Set()

export const leases = await standIn('LEASES_URL', {
  'PUT /leases/:name': ({ params }) => {
    leased.add(params.name)
    return [200, { name: params.name }]
  },
  'DELETE /leases/:name': ({ params }) => {
    leased.delete(params.name)
    return [200, { name: params.name }]
  },
})

export const reports = await standIn('REPORTS_URL', { 'POST /reports': () => [201, { id: 'rep-1' }] })
