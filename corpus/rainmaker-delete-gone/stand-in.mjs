import { standIn } from 'corpus-kit/stand-in'

export const containers = new Set()

export const blobs = await standIn('BLOBS_URL', {
  'DELETE /containers/:name': ({ params }) =>
    containers.delete(params.name) ? [200, { deleted: params.name }] : [404, { error: 'ContainerNotFound' }],
})
