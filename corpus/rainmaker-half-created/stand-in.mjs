import { standIn } from 'corpus-kit/stand-in'

export const machines = new Set()

export const machineService = await standIn('MACHINES_URL', {
  'POST /machines': ({ body }) => {
    machines.add(body.name)
    return [201, { name: body.name }]
  },
  'DELETE /machines/:name': ({ params }) => {
    machines.delete(params.name)
    return [200, {}]
  },
})
