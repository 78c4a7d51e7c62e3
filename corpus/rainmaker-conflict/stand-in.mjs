import { standIn } from 'corpus-kit/stand-in'

export const containers = new Set()

export const blobs = await standIn('BLOBS_URL', {
  'POST /containers': ({ body }) => {
    if (containers.has(body.name)) return [409, { error: 'ContainerAlreadyExists' }]
    containers.add(body.name)
    return [201, { name: body.name }]
  },
})
